"""What was confirmed waits here for some seconds, in sight, before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from textual.widgets import Input

from tui.state.countdown import Countdowns
from tui.widgets.countdown import Countdown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.timer import Timer

__all__ = ("Undo",)

TICK = 0.1


@final
class Undo:
    """Shows the countdowns on whatever screen there is, and does what is due.

    Args:
        app: Whose screens they are.
        key: What takes back, as the user reads it.

    Attributes:
        countdowns: What is pending.
        leaving: Whether the user is being asked if the app may end nevertheless.
    """

    def __init__(self, app: App[None], key: str) -> None:
        self.countdowns: Countdowns = Countdowns()
        self.countdowns.key = key
        self.leaving: bool = False
        self._app = app
        self._timer: Timer | None = None

    def begin(self, words: str, do: Callable[[], Awaitable[None]]) -> None:
        """Do something when the seconds are over, unless it is taken back."""
        self.countdowns.begin(words, do)
        if self._timer is None:
            self._timer = self._app.set_interval(TICK, self._tick)
        self._show()

    def take_back(self) -> str:
        """Take back what was confirmed last, and say what that was; empty if there is nothing."""
        taken = self.countdowns.take_back()
        self._show()
        return "" if taken is None else taken.words

    def _tick(self) -> None:
        self._hold_while_typing()
        for pending in self.countdowns.due():
            self._app.run_worker(pending.do())
        self._show()

    def _hold_while_typing(self) -> None:
        """Let no second pass while the key that takes back would be a letter in some line."""
        if not self._app.app_focus:  # another window has it: the line gets it back
            return
        if isinstance(self._app.focused, Input):
            self.countdowns.hold("typing")
        else:
            self.countdowns.go_on("typing")

    def _show(self) -> None:
        sentence = self.countdowns.sentence()
        if not sentence:
            self._hide()
            return
        screen = self._app.screen
        shown = screen.query(Countdown)
        if shown:
            shown.first().tell(sentence)
        else:
            line = Countdown()
            screen.mount(line)
            line.tell(sentence)

    def _hide(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        for screen in self._app.screen_stack:
            screen.query(Countdown).remove()
