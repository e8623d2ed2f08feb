"""What became of each request of a results file: a byte a line, in the order of the file."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, final

from tui.state.result_line import LONG_LINE, Kind, kinds_of, summarize_row

if TYPE_CHECKING:
    from tui.state.row_index import RowIndex

__all__ = ("Kinds",)

BLOCK_BYTES = 256 << 10
"""Decoded in one call, which no other thread can interrupt: a quarter of a millisecond."""

_FAILURE = re.compile(rb"[^\x00]")


@final
class Kinds:
    """The kinds of all lines, found in steps as the index grows."""

    def __init__(self, index: RowIndex) -> None:
        self._index = index
        self._reset()

    def _reset(self) -> None:
        self._generation = self._index.generation
        self._kinds = bytearray()
        self._open_until: int | None = None
        self.counts: Counter[Kind] = Counter()
        """How many lines of each kind there are so far."""

    def __len__(self) -> int:
        """Return of how many lines the kind is known."""
        return len(self._kinds)

    def __getitem__(self, row: int) -> Kind:
        """Return the kind of a line."""
        return Kind(self._kinds[row])

    def step(self) -> bool:
        """Look at some more lines; return whether there were any."""
        if self._generation != self._index.generation:
            self._reset()
        self._forget_open()
        first, end = len(self._kinds), len(self._index)
        if self._index.ends_in_line and not self._index.is_done:
            end -= 1  # the rest of it is in the file already
        if first >= end:
            return False
        stop = self._index.rows_within(first, end, BLOCK_BYTES)
        if stop == len(self._index) and self._index.ends_in_line:
            self._open_until = self._index.scanned
        kinds = self._look(first, stop)
        self._kinds += kinds
        self._count(kinds, 1)
        return True

    def _forget_open(self) -> None:
        """Look again at a last line that had no end and has become longer."""
        if self._open_until not in (None, self._index.scanned):
            self._open_until = None
            self._count(self._kinds[-1:], -1)
            del self._kinds[-1:]

    def _count(self, kinds: bytes | bytearray, sign: int) -> None:
        for kind in Kind:
            self.counts[kind] += sign * kinds.count(kind)

    def failed(self, row: int) -> bool:
        """Tell whether a line is known, and did not succeed."""
        return any(self._kinds[row : row + 1])

    def rows_of(self, kind: Kind, first: int, stop: int) -> list[int]:
        """Return the lines of a kind among some that follow each other."""
        block = self._kinds[first:stop]
        return [row for row, one in enumerate(block, first) if one == kind]

    def next_failure(self, row: int) -> int | None:
        """Return the next line after a row that did not succeed."""
        found = _FAILURE.search(self._kinds, row + 1)
        return found.start() if found else None

    def previous_failure(self, row: int) -> int | None:
        """Return the nearest line before a row that did not succeed."""
        left = self._kinds[: max(0, row)].rstrip(b"\x00")
        return len(left) - 1 if left else None

    def _look(self, first: int, stop: int) -> bytes:
        rows = range(first, stop)
        if stop - first > 1 or self._index.length(first) <= LONG_LINE:
            kinds = kinds_of(self._index.block(first, stop), len(rows))
            if kinds is not None:
                return kinds
        return bytes([summarize_row(self._index, row).kind for row in rows])
