"""The dialog for the user's own words on batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static
from typing_extensions import override

from tui.screens.dialog import Dialog
from tui.state.plain import plain_line
from tui.state.questions import batches

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.types import CSSPathType

__all__ = ("LabelScreen", "Words")


LABEL_LENGTH, NOTE_LENGTH = 200, 2000


class Words(NamedTuple):
    """What the user wrote: None leaves what there is, an empty text takes it away."""

    label: str | None
    note: str | None


class LabelScreen(Dialog[Words]):
    """Returns what was changed.

    Args:
        batch_ids: What it is written on.
        label: What all of them have; None where they differ, or have none.
        note: The same.
        hidden: How many of them a filter hides.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialog.tcss", "label.tcss"]
    AUTO_FOCUS = "#label"

    def __init__(
        self, batch_ids: tuple[str, ...], *, label: str | None, note: str | None, hidden: int
    ) -> None:
        super().__init__()
        self._batch_ids = batch_ids
        self._before = Words(
            plain_line(label or "", LABEL_LENGTH), plain_line(note or "", NOTE_LENGTH)
        )
        self._hidden = hidden

    @override
    def compose(self) -> ComposeResult:
        """Show a line for each."""
        number = len(self._batch_ids)
        with Vertical(classes="box") as box:
            box.border_title = Content(f"Label {batches(number)}")
            if self._hidden:
                hint = f"{self._hidden:,} of them are hidden by the filter."
                yield Static(Content(hint), classes="tone-warn")
            yield Static(Content("Label, to filter and download by"), classes="name")
            yield Input(self._before.label, id="label", compact=True, max_length=LABEL_LENGTH)
            yield Static(Content("Note"), classes="name")
            yield Input(self._before.note, id="note", compact=True, max_length=NOTE_LENGTH)
            hint = "enter saves, esc leaves it as it is; both stay on this machine"
            yield Static(Content(hint), classes="tone-dim")

    @override
    def lines_beside_facts(self) -> int:
        """Return nothing: there are no facts to make room for."""
        return 0

    @on(Input.Submitted)
    def _entered(self) -> None:
        label = self._changed("#label", self._before.label)
        self.dismiss(Words(label, self._changed("#note", self._before.note)))

    def _changed(self, field: str, before: str | None) -> str | None:
        value = self.query_one(field, Input).value
        return value.strip() if value != before else None
