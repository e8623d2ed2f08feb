"""The line in which a filter is typed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static
from typing_extensions import override

from tui.state.plain import plain_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

__all__ = ("FilterBar",)

PAUSE = 0.12
"""Seconds without a key until what was typed is looked for."""


class FilterBar(Horizontal):
    """Hidden until it is opened; what is typed takes effect while one types.

    Args:
        placeholder: What can be typed.
        apply: Filters as a text says; it has been done when it returns.
    """

    DEFAULT_CSS = """
    FilterBar { height: 1; display: none; background: $boost; }
    FilterBar > Input { width: 1fr; height: 1; border: none; padding: 0; background: $boost; }
    FilterBar > .prompt { width: auto; padding: 0 1; color: $accent; text-style: bold; }
    FilterBar > .fault { width: auto; max-width: 50%; padding: 0 1; color: $text-error; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: the next key belongs to the rows, however fast it comes.
        Binding("escape", "leave", "Clear", show=False, priority=True),
        Binding("enter,down", "keep", "To the rows", show=False, priority=True),
    ]

    def __init__(self, placeholder: str, apply: Callable[[str], None]) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._apply = apply
        self._said = ""
        self._came_from: Widget | None = None
        self.fault = ""

    @override
    def compose(self) -> ComposeResult:
        """Show the prompt, the line, and what is wrong with it."""
        yield Static("/", classes="prompt", markup=False)
        yield Input(placeholder=self._placeholder, compact=True)
        yield Static("", classes="fault", markup=False)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.query_one(Input).value

    @property
    def typing(self) -> bool:
        """Whether keys go into the line."""
        return self.screen.focused is self.query_one(Input)

    def open(self) -> None:
        """Show the line and type into it."""
        self.display = True
        self._came_from = self.screen.focused
        # At once, not by `focus()`: the next key must not be taken for a command.
        self.screen.set_focus(self.query_one(Input))

    def fill(self, text: str) -> None:
        """Filter as a text says."""
        self.display = True
        self.query_one(Input).value = text
        self._say()

    def tell(self, fault: str) -> None:
        """Say what is wrong with the filter."""
        self.fault = fault
        self.query_one(".fault", Static).update(Content(plain_line(fault)))

    def clear(self) -> None:
        """Take the filter away."""
        self.query_one(Input).value = ""
        self.display = False
        self._say()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.set_timer(PAUSE, self._say)

    async def action_keep(self) -> None:
        """Keep the filter and go back to the rows."""
        await self._take_letters()
        self.screen.set_focus(self._came_from)
        self._say()
        self.display = bool(self.text)

    async def action_leave(self) -> None:
        """Take the filter away and go back to the rows."""
        await self._take_letters()
        self.screen.set_focus(self._came_from)
        self.clear()

    async def _take_letters(self) -> None:
        """Let the line take the letters that wait for it: a key with priority overtakes them."""
        taken = asyncio.Event()
        if self.query_one(Input).call_later(taken.set):
            await taken.wait()

    def _say(self) -> None:
        if self.text != self._said:
            self._said = self.text
            self._apply(self.text)
