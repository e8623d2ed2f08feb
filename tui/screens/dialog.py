"""What all dialogs have in common."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual import events
    from textual.timer import Timer
    from textual.types import CSSPathType

    from tui.state.question import Fact

__all__ = ("Dialog", "answer_words", "facts_shown", "tone_class")

Answer = TypeVar("Answer")

FRAME = 5
"""Lines of the screen that the border of a dialog and the space around and in it take."""


class Dialog(ModalScreen[Answer | None], Generic[Answer]):
    """A box over the screen below; `esc` closes it, and nothing is done.

    A key that comes as soon as an answer can be given is one that was meant for something
    else: the dialog listens when there was no key for a moment, and shows the keys then.
    """

    QUIET: ClassVar[float] = 0.5
    """Seconds without a key until the dialog listens."""

    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-low"), (20, "-roomy")]  # noqa: RUF012  # declared so by Textual
    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", "Cancel", show=False, id="dialog.cancel"),
        Binding("down", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
        Binding("pagedown", "scroll_facts(1)", "Further down", show=False, id="dialog.down"),
        Binding("pageup", "scroll_facts(-1)", "Further up", show=False, id="dialog.up"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._listens_from = math.inf
        self._silence: Timer | None = None

    @property
    def listens(self) -> bool:
        """Whether a key is an answer."""
        return self._listens_from < math.inf

    def listen(self) -> None:
        """Take keys from now on as answers."""
        self._listens_from = time.monotonic()  # the clock of `events.Key.time`
        self.show_answers()

    def listen_after_silence(self) -> None:
        """Take keys as answers when there was none for a moment."""
        self._listens_from = math.inf
        self.show_answers()
        if self._silence is not None:
            self._silence.stop()
        self._silence = self.set_timer(self.QUIET, self.listen)

    def hears(self, event: events.Key) -> bool:
        """Tell whether a key is an answer; one that comes too early makes the silence longer."""
        if event.time >= self._listens_from:
            return True
        if self._silence is not None:
            self._silence.reset()
        return False

    def show_answers(self) -> None:
        """Show which answers can be given."""

    def action_refuse(self) -> None:
        """Close the dialog; nothing is done."""
        self.dismiss(None)

    def lines_beside_facts(self) -> int:
        """Return how many lines must be seen whatever the facts are."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """Give the facts what room is left."""
        for facts in self.query(".facts").results(VerticalScroll):
            facts.styles.max_height = max(2, self.size.height - self.lines_beside_facts() - FRAME)

    def action_scroll_facts(self, pages: int) -> None:
        """Show more of the facts, where there is no room for all."""
        for facts in self.query(".facts").results(VerticalScroll):
            facts.scroll_relative(y=pages * max(1, facts.size.height - 1), animate=False)


def facts_shown(facts: tuple[Fact, ...]) -> VerticalScroll:
    """Return the lines that tell what to know, as a box that scrolls where they are many."""
    lines = [Static(Content(fact.text), classes=tone_class(fact.tone)) for fact in facts]
    box = VerticalScroll(*lines, classes="facts")
    box.can_focus = False
    return box


def answer_words(key: str, words: str, *, heard: bool) -> Content:
    """Return what is on the button of an answer: its key, where that is heard, and words."""
    return Content(f"{key if heard else ' ':<4} {words}")


def tone_class(tone: str) -> str:
    """Return the class of the style sheet that a tone stands for."""
    return f"tone-{tone or 'plain'}"
