"""Everything that can be done here, found by typing a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import getters, on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import FuzzySearch
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from tui.state.choices import Choice
from tui.state.plain import plain_line
from tui.widgets.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

__all__ = ("PaletteScreen",)


class PaletteScreen(ModalScreen[Choice | None]):
    """Dismissed with what the user has chosen; whoever opened it does that.

    Args:
        choices: What there is, in the order that an empty line shows.
        find: Returns choices that are too many to list, for what was typed.
    """

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("down,ctrl+n", "move('cursor_down')", "Down", show=False),
        Binding("up,ctrl+p", "move('cursor_up')", "Up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
    ]

    line = getters.query_one(Input)
    options = getters.query_one(Menu)

    def __init__(self, choices: Sequence[Choice], find: Callable[[str], Sequence[Choice]]) -> None:
        super().__init__()
        self._choices = choices
        self._find = find
        self._shown: Sequence[Choice] = ()
        self._lines: Sequence[Option] = ()
        self._search = FuzzySearch()

    @override
    def compose(self) -> ComposeResult:
        """Show the line, and the choices below it."""
        with Vertical(id="palette"):
            yield Input(placeholder="an action, a batch's id or label, a theme", compact=True)
            yield Menu(compact=True)

    def on_mount(self) -> None:
        """Show every choice."""
        self.options.can_focus = False
        self._show()

    def on_resize(self) -> None:
        """Set the keys to the right again."""
        self._show()

    @on(Input.Changed)
    def _show(self) -> None:
        typed = self.line.value.strip()
        self._shown = self._matching(typed) if typed else self._choices
        width = max(20, self.options.scrollable_content_region.width)
        self._lines = [Option(_drawn(choice, width)) for choice in self._shown]
        self.options.set_options(self._lines or [Option("nothing of that name", disabled=True)])
        self.options.highlighted = 0 if self._shown else None

    def _matching(self, typed: str) -> list[Choice]:
        """Return the choices that what was typed may mean, the likeliest first."""
        scored = [(self._score(typed, choice), choice) for choice in self._choices]
        scored = sorted(
            ((score, choice) for score, choice in scored if score), key=lambda each: -each[0]
        )
        return [*(choice for _, choice in scored), *self._find(typed)]

    def _score(self, typed: str, choice: Choice) -> float:
        by_name, _ = self._search.match(typed, choice.name)
        if by_name:
            return 1 + by_name
        return float(typed.casefold() in f"{choice.help} {choice.cli}".casefold())

    @on(Input.Submitted)
    def _choose(self) -> None:
        row = self.options.highlighted
        if row is not None and self._shown:
            self.dismiss(self._shown[row])

    @on(OptionList.OptionSelected)
    def _clicked(self, message: OptionList.OptionSelected) -> None:
        for line, choice in zip(self._lines, self._shown, strict=True):
            if line is message.option:  # else other choices have been listed since the click
                self.dismiss(choice)

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    async def action_move(self, how: str) -> None:
        """Go to another choice while the line keeps the focus."""
        await self.options.run_action(how)


def _drawn(choice: Choice, width: int) -> Content:
    """Return a choice's two lines: its name, command and keys; below, what it does."""
    head = Content.styled(plain_line(choice.name), "bold")
    if choice.cli:
        head += Content.styled(f"  $ {plain_line(choice.cli)}", "$text-muted")
    room = max(0, width - cell_len(choice.keys) - 4)
    head = head.truncate(room, ellipsis=True)
    gap = " " * (room - head.cell_length + 2)
    told = Content.styled(f"  {plain_line(choice.help)}", "$foreground")
    return Content("").join(
        (
            head,
            Content.styled(f"{gap}{choice.keys}", "$primary"),
            Content("\n"),
            told.truncate(max(0, width - 2), ellipsis=True),
        )
    )
