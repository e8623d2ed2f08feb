"""Asks for the number of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label
from typing_extensions import override

from tui.state.wording import count

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

__all__ = ("GoToScreen",)


class GoToScreen(ModalScreen[int | None]):
    """Returns the number of the row that was typed, from 1; None where nothing was.

    A number that is too large is the last row's.

    Args:
        total: How many rows there are.
    """

    CSS_PATH = "go_to.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    def __init__(self, total: int) -> None:
        super().__init__()
        self._total = total

    @override
    def compose(self) -> ComposeResult:
        """Show the question and a line to answer in."""
        with Vertical():
            yield Label(f"Go to row (1 to {count(self._total)}):", markup=False)
            # Not `type="integer"`: of many digits and a letter, Textual's check has no end.
            yield Input(restrict=r"[\d_]*", compact=True)

    @on(Input.Submitted)
    def _typed(self, message: Input.Submitted) -> None:
        digits = message.value.replace("_", "").strip()
        if digits.isdecimal():
            self.dismiss(int(min(float(digits), self._total)))
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Go nowhere."""
        self.dismiss(None)
