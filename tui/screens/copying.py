"""A menu of what can be copied, and of other ways to get at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from tui import clipboard
from tui.widgets.app_of import app_of
from tui.widgets.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.state.copies import Copy

__all__ = ("CopyScreen",)


class CopyScreen(ModalScreen[None]):
    """Copies one of some texts, prints the last of them, or shows it in a pager.

    Args:
        copies: What there is.
        whole: What is printed or paged: the row as JSON.
    """

    CSS_PATH = "copying.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,y", "leave", "Back", show=False),
        Binding("j", "cursor(1)", "Down", show=False),
        Binding("k", "cursor(-1)", "Up", show=False),
    ]

    def __init__(self, copies: Sequence[Copy], whole: str) -> None:
        super().__init__()
        self._copies = copies
        self._whole = whole

    @override
    def compose(self) -> ComposeResult:
        """Show the menu."""
        options = [Option(copy.label, id=str(at)) for at, copy in enumerate(self._copies)]
        more = (
            Option("print the JSON to the screen", id="print"),
            Option("show the JSON in $PAGER", id="page"),
        )
        yield Menu(*options, None, *more, markup=False)

    def action_leave(self) -> None:
        """Copy nothing."""
        self.dismiss(None)

    def action_cursor(self, step: int) -> None:
        """Go down in the menu, or up."""
        menu = self.query_one(Menu)
        if step > 0:
            menu.action_cursor_down()
        else:
            menu.action_cursor_up()

    @on(OptionList.OptionSelected)
    async def _chosen(self, message: OptionList.OptionSelected) -> None:
        app = app_of(self)
        choice = message.option_id or ""
        self.dismiss(None)
        if choice.isdecimal():
            text = self._copies[int(choice)].text
            sentence = await clipboard.copy(app, text)
            app.notify(sentence, markup=False)
            return
        try:
            if choice == "print":
                clipboard.print_out(app, self._whole)
            else:
                clipboard.page(app, self._whole)
        except (SuspendNotSupported, OSError, ValueError) as error:
            app.notify(f"this does not work here: {error}", severity="warning", markup=False)
