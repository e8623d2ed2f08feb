"""What was done since the app was started, each with the command that does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.widgets import Footer, Static
from typing_extensions import override

from tui import clipboard
from tui.actions import bindings
from tui.actions.activity import ACTIVITY
from tui.screens.app_screen import AppScreen
from tui.state.plain import plain_line
from tui.widgets.app_of import app_of
from tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType


__all__ = ("ActivityScreen",)

SECOND = 1.0
"""Between two looks whether there is anything new."""


class ActivityScreen(AppScreen):
    """A table of calls and jobs, the latest first; it grows while one looks."""

    CSS_PATH = "activity.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIVITY)]

    table = getters.query_one(Table)

    @override
    def compose(self) -> ComposeResult:
        """Show a title and the table."""
        self._activity = self.batches_app.activity
        yield Static("Activity: what this session asked and did", id="title", markup=False)
        yield Table(self._activity, placeholder="nothing was done yet", id="activity")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show what there is, and what comes."""
        self.set_interval(SECOND, self._look)
        self._look()
        self.table.focus()

    def _look(self) -> None:
        if self._activity.look():
            self.table.rows_changed()

    async def action_copy(self) -> None:
        """Copy the commands of the rows that are meant."""
        deeds = [self._activity.deed(key) for key in reversed(self.table.targets())]
        commands = [deed.command for deed in deeds if deed is not None and deed.command]
        if not commands:
            self.notify("no command does this", severity="warning", markup=False)
            return
        text = "\n".join(dict.fromkeys(commands))
        sentence = await clipboard.copy(app_of(self), text)
        self.notify(plain_line(f"{sentence}: {text}"), markup=False)
