"""Counts over many result lines: what values a column has, how many tokens there are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, final

from typing_extensions import override

from tui.state.result_line import summarize_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.state.result_line import Summary
    from tui.state.row_index import RowIndex

__all__ = ("COUNTED", "Frequencies", "TokenSum")

STEP_ROWS = 500
NONE = "—"

COUNTED: Final[dict[str, Callable[[Summary], str]]] = {
    "type": lambda summary: summary.type,
    "stop": lambda summary: summary.stop_reason,
    "model": lambda summary: summary.model,
    "error": lambda summary: summary.error_type,
}
"""The columns whose values can be counted, by the key that a search has for them."""


class _Tally:
    """Looks at some lines, a few at a time."""

    def __init__(self, index: RowIndex, lines: Sequence[int]) -> None:
        self._index = index
        self._generation = index.generation
        self._lines = lines
        self.done: int = 0
        """Lines that have been looked at."""
        self.total: int = len(lines)
        """Lines to look at."""

    def step(self) -> bool:
        """Look at some more lines; return whether there are any left."""
        if self._generation != self._index.generation:
            self.total = self.done  # the lines are gone
        for line in self._lines[self.done : min(self.done + STEP_ROWS, self.total)]:
            self._count(summarize_row(self._index, line))
            self.done += 1
        return self.done < self.total

    def _count(self, summary: Summary) -> None:
        raise NotImplementedError


@final
class Frequencies(_Tally):
    """How often each value of some columns comes up."""

    def __init__(self, index: RowIndex, lines: Sequence[int]) -> None:
        super().__init__(index, lines)
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
        """By the column's name."""

    @override
    def _count(self, summary: Summary) -> None:
        for name, value_of in COUNTED.items():
            value = value_of(summary)
            if value or name == "type":
                self.counts[name][value or NONE] += 1


@final
class TokenSum(_Tally):
    """How many tokens some lines took."""

    def __init__(self, index: RowIndex, lines: Sequence[int]) -> None:
        super().__init__(index, lines)
        self.tokens_in: int = 0
        """Read, from caches or not."""
        self.tokens_out: int = 0
        """Written."""

    @override
    def _count(self, summary: Summary) -> None:
        self.tokens_in += summary.tokens_in or 0
        self.tokens_out += summary.tokens_out or 0
