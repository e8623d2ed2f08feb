"""The rows that a filter leaves, found in steps."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, final

from tui.state.result_line import LONG_LINE, summarize, summarize_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.state.kinds import Kinds
    from tui.state.result_line import Kind
    from tui.state.row_index import RowIndex
    from tui.state.search import FieldTerm, Pattern, Query, Word

__all__ = ("Selection",)


@final
class Selection:
    """Lines of one kind that answer a query; more of them as the file is read.

    Args:
        index: Where the lines are.
        kinds: What they are; lines of which that is not known yet are not looked at.
        query: What they must hold.
        kind: What they must be; None takes all.
    """

    def __init__(
        self, index: RowIndex, kinds: Kinds, query: Query, kind: Kind | None = None
    ) -> None:
        self._index = index
        self._kinds = kinds
        self._query = query
        self._kind = kind
        self._generation = index.generation
        self.rows: array[int] = array("I")
        """What was found, in the order of the file."""
        self.searched: int = 0
        """Lines that have been looked at."""

    def step(self) -> bool:
        """Look at some more lines; return whether there were any."""
        if self._generation != self._index.generation:
            self._generation = self._index.generation
            self.rows, self.searched = array("I"), 0
        first, end = self.searched, len(self._kinds)
        if first >= end:
            return False
        stop = self._index.rows_within(first, end)
        rows = (
            range(first, stop)
            if self._kind is None
            else self._kinds.rows_of(self._kind, first, stop)
        )
        self.rows.extend(self._answers(first, stop, rows) if self._query and rows else rows)
        self.searched = stop
        return True

    def _answers(self, first: int, stop: int, rows: Sequence[int]) -> Iterable[int]:
        """Choose those of some rows that answer the query."""
        block = self._index.block(first, stop)
        for word in self._query.words:
            hits = self._rows_with(word, block, first, stop)
            rows = [row for row in rows if (row in hits) != word.negated]
        if not (self._query.patterns or self._query.fields):
            return rows
        return (row for row in rows if self._fits(block, row, first))

    def _rows_with(self, word: Word, block: bytes, first: int, stop: int) -> set[int]:
        base = self._index.start(first)
        text = block.lower() if word.folds else block
        rows: set[int] = set()
        for needle in word.needles:
            at = text.find(needle)
            while at >= 0:
                row = self._index.row_at(base + at, first, stop)
                rows.add(row)
                at = text.find(needle, self._index.start(row + 1) - base) if row + 1 < stop else -1
        return rows

    def _fits(self, block: bytes, row: int, first: int) -> bool:
        base = self._index.start(first)
        line = block[self._index.start(row) - base : self._index.start(row + 1) - base]
        return _all_match(self._query.patterns, line) and self._all_accept(
            self._query.fields, row, line
        )

    def _all_accept(self, fields: Iterable[FieldTerm], row: int, line: bytes) -> bool:
        if not fields:
            return True
        long = len(line) > LONG_LINE
        summary = summarize_row(self._index, row) if long else summarize(line.rstrip(b"\r\n"))
        return all(field.accepts(summary) != field.negated for field in fields)


def _all_match(patterns: Iterable[Pattern], line: bytes) -> bool:
    return all((found.expression.search(line) is None) == found.negated for found in patterns)
