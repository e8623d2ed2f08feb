"""The line that says what will be done in some seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual import events

__all__ = ("Countdown",)


class Countdown(Static):
    """Over the first line of whatever screen there is; a click takes back, like the key."""

    DEFAULT_CSS = """
    Countdown {
        dock: top; layer: overlay; height: 1; width: 1fr; padding: 0 1;
        background: $error; color: $text; text-style: bold;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._said = ""

    def tell(self, sentence: str) -> None:
        """Say it, unless that is what the line says already."""
        if sentence != self._said:
            self._said = sentence
            self.update(Content(sentence))

    async def on_click(self, event: events.Click) -> None:
        """Take back what was confirmed last."""
        event.stop()
        await self.run_action("app.take_back")
