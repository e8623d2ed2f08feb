"""The first line above results: which file, what is in it, how much of it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.state.plain import plain_line
from tui.state.results import SIGNS
from tui.state.wording import count, megabytes

if TYPE_CHECKING:
    from tui.state.kinds import Kinds
    from tui.state.row_index import RowIndex
    from tui.state.tallies import TokenSum

__all__ = ("ResultsLine",)

WORDY = 110
"""Columns from which on the counts have their words; the rows below say them anyway."""

_STYLES = {
    "": "$foreground",
    "dim": "$text-muted",
    "good": "$success",
    "warn": "$warning",
    "bad": "$error",
    "busy": "$accent",
}


class ResultsLine(Static):
    """One line: the title, how many results of each type there are, how far the reading is."""

    DEFAULT_CSS = """
    ResultsLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def tell(
        self, title: str, index: RowIndex, kinds: Kinds, tokens: TokenSum | None = None
    ) -> None:
        """Show how things stand."""
        parts = [
            Content.styled(plain_line(title), "bold"),
            Content.styled(_reading(index, kinds), "$text-muted"),
        ]
        if tokens is not None:
            parts.append(Content.styled(_tokens(tokens), "bold $accent"))
        wordy = self.size.width >= WORDY
        for kind, (sign, tone) in SIGNS.items():
            if kinds.counts[kind]:
                word = f" {kind.name.lower()}" if wordy else ""
                said = f"{sign} {count(kinds.counts[kind])}{word}"
                parts.append(Content.styled(said, _STYLES[tone]))
        line = Content("  ").join(parts)
        if line != self.content:  # what is not new is not painted again
            self.update(line)


def _tokens(tokens: TokenSum) -> str:
    said = f"● {count(tokens.tokens_in)} tokens in, {count(tokens.tokens_out)} out"
    return said if tokens.done == tokens.total else f"{said}…"


def _reading(index: RowIndex, kinds: Kinds) -> str:
    size = megabytes(index.size)
    if not index.is_done:
        return f"{100 * index.scanned // max(1, index.size)} % of {size} read"
    if len(kinds) < len(index):
        return f"{100 * len(kinds) // len(index)} % of {size} counted"
    return f"{size}; the last line is cut off or still being written" if cut_off(index) else size


def cut_off(index: RowIndex) -> bool:
    """Tell whether the last line lacks its end and is no whole JSON object either."""
    return index.ends_in_line and not index.tail(len(index) - 1, 1).endswith(b"}")
