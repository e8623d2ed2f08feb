"""What runs, in a few words at the end of another screen's line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.state.jobs import running_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from tui.job_views import JobView

__all__ = ("JobLine",)


class JobLine(Static):
    """Hidden while nothing runs; a click opens the jobs."""

    DEFAULT_CSS = """
    JobLine {
        height: 1; padding: 0 1; display: none;
        background: $primary-muted; color: $text-primary;
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._said = ""

    def tell(self, running: Sequence[JobView]) -> None:
        """Say what runs, unless that is what the line says already."""
        sentence = running_line(running)
        if sentence != self._said:
            self._said = sentence
            self.update(Content(sentence))
            self.display = bool(sentence)

    async def on_click(self, event: events.Click) -> None:
        """Open the jobs."""
        event.stop()
        await self.run_action("app.jobs")
