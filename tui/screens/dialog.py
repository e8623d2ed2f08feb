"""What all dialogs have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.types import CSSPathType

    from tui.state.question import Fact

__all__ = ("Dialog", "facts_shown", "tone_class")

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A box over the screen below; `esc` closes it, and nothing is done."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", "Cancel", show=False, id="dialog.cancel"),
        Binding("z", "app.take_back", "Undo", show=False, id="dialog.take_back"),
        Binding("down", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
    ]

    def action_refuse(self) -> None:
        """Close the dialog; nothing is done."""
        self.dismiss(None)


def facts_shown(facts: tuple[Fact, ...]) -> VerticalScroll:
    """Return the lines that tell what to know, as a box that scrolls where they are many."""
    lines = [Static(Content(fact.text), classes=tone_class(fact.tone)) for fact in facts]
    box = VerticalScroll(*lines, classes="facts")
    box.can_focus = False
    return box


def tone_class(tone: str) -> str:
    """Return the class of the style sheet that a tone stands for."""
    return f"tone-{tone or 'plain'}"
