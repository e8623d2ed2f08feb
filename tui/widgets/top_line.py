"""The first line of the screen: which service, what is there, how fresh it is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from tui.state.plain import plain_line
from tui.state.wording import STATES, count
from tui.widgets.line import Line

if TYPE_CHECKING:
    from tui.events import Link

__all__ = ("TopLine",)

_STYLES = {
    "in_progress": "$primary",
    "canceling": "$warning",
    "ended": "$success",
    "failures": "$warning",
    "archived": "$text-muted",
}


class TopLine(Line):
    """One line: the service, the number of batches in each state, the last refresh."""

    def tell(
        self, link: Link | None, states: dict[str, int], *, read_only: bool, clock: bool
    ) -> None:
        """Show how things stand, and the time of day if that is wanted."""
        host = "" if link is None else link.service.removeprefix("https://").removeprefix("http://")
        parts = [Content.styled(plain_line(host) or "trio_batches", "bold")]
        if link is not None and link.workspace:
            parts.append(Content.styled(plain_line(link.workspace), "bold $accent"))
        if read_only:
            parts.append(Content.styled("read-only", "bold $warning"))
        for state, (glyph, word) in STATES.items():
            if states.get(state):
                said = "with failures" if state == "failures" else word
                parts.append(
                    Content.styled(f"{glyph} {count(states[state])} {said}", _STYLES[state])
                )
        parts.append(Content.styled(_freshness(link), "$text-muted"))
        if clock:
            parts.append(Content.styled(f"{datetime.now().astimezone():%H:%M}", "bold"))
        self.say(parts)


def _freshness(link: Link | None) -> str:
    if link is None or link.state == "connecting":
        return "asking…"
    if link.refreshed_at is None:
        return "never refreshed"
    # By the minute: a refresh that finds nothing new paints nothing.
    return f"updated {link.refreshed_at.astimezone():%H:%M}"
