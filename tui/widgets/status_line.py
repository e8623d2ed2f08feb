"""The line below a table: how much of it is shown, what is marked, what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.state.plain import plain_line
from tui.state.wording import count
from tui.widgets.line import Line

if TYPE_CHECKING:
    from tui.state.rows import Rows

__all__ = ("StatusLine",)


class StatusLine(Line):
    """Always there, at every size: marks that one does not see are dangerous."""

    def tell(self, rows: Rows, *, marked: int, hidden: int, filtered: str) -> None:
        """Show how things stand."""
        shown = count(len(rows))
        parts = [Content(f"{shown} of {count(rows.total)}" if filtered else shown)]
        if marked:
            parts.append(Content.styled(f"● {count(marked)} marked", "bold $accent"))
        if hidden:
            parts.append(Content.styled(f"{count(hidden)} of them hidden", "bold $warning"))
        if filtered:
            parts.append(Content(f"/{plain_line(filtered)}").stylize("$accent"))
            parts.append(Content.styled("esc clears", "$text-muted"))
        self.say(parts)
