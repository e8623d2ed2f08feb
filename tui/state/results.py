"""The lines of a results file as the rows of a table."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, final

from tui.state.kinds import Kinds
from tui.state.result_line import Kind, summarize_row
from tui.state.rows import Cell, Column
from tui.state.selection import Selection

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence

    from tui.state.result_line import Summary
    from tui.state.row_index import RowIndex
    from tui.state.rows import Key, Tone
    from tui.state.search import Query

__all__ = ("COLUMNS", "SIGNS", "ResultRows")

COLUMNS: Final = (
    Column("row", "ROW", 7, right=True),
    Column("custom_id", "CUSTOM ID", 20),
    Column("type", "TYPE", 11),
    Column("model", "MODEL", 18, rank=5),
    Column("stop", "STOP", 10, rank=4),
    Column("in", "IN", 6, right=True, rank=3),
    Column("out", "OUT", 6, right=True, rank=2),
    Column("text", "TEXT", 14, grows=True, rank=1),
)

SIGNS: Final[dict[Kind, tuple[str, Tone]]] = {
    Kind.SUCCEEDED: ("✓", "good"),
    Kind.ERRORED: ("✗", "bad"),
    Kind.CANCELED: ("◼", "warn"),
    Kind.EXPIRED: ("◌", "warn"),
    Kind.OTHER: ("?", "busy"),
    Kind.BROKEN: ("!", "bad"),
}
"""The sign of a kind, and its tone."""

KEPT_ROWS = 2048


@final
class ResultRows:
    """Shows the lines of a file, all of them or those of a selection; their numbers are keys.

    What other threads find becomes visible when `refresh` is called.
    """

    def __init__(self, index: RowIndex) -> None:
        self.columns: Sequence[Column] = COLUMNS
        self.index: RowIndex = index
        self.kinds: Kinds = Kinds(index)
        self.selection: Selection | None = None
        """What narrows the rows down; None shows all."""
        self._generation = index.generation
        self._total = 0
        self._chosen: array[int] | None = None
        self._shown = 0
        self._kept: dict[int, tuple[Cell, ...]] = {}

    def select(self, query: Query, kind: Kind | None) -> Selection | None:
        """Narrow the rows down; return what has to be worked on for that.

        What was shown stays until there is something else to show.
        """
        narrows = bool(query) or kind is not None
        self.selection = Selection(self.index, self.kinds, query, kind) if narrows else None
        return self.selection

    def refresh(self) -> bool:
        """Take in what was found since; return whether there are other rows."""
        before, chosen = (self._generation, self._total, self._shown), self._chosen
        if self._generation != self.index.generation:
            self._generation = self.index.generation
            self._kept.clear()
        self._kept.pop(self._total - 1, None)  # it may have been cut off
        self._total = len(self.index)
        if self.selection is None:
            self._chosen = None
        elif self.selection.rows or self.selection.searched >= self._total:
            self._chosen = self.selection.rows
        self._shown = self._total if self._chosen is None else len(self._chosen)
        after = (self._generation, self._total, self._shown)
        return before != after or chosen is not self._chosen

    def lines(self) -> Sequence[int]:
        """Return the numbers of the lines that are shown now."""
        if self._chosen is None:
            return range(self._total)
        return self._chosen[: self._shown]

    def nearest(self, line: int) -> int | None:
        """Return the shown line that is nearest to another one, or the one after it."""
        if not self._shown:
            return None
        row = line if self._chosen is None else bisect_left(self._chosen, line, 0, self._shown)
        return int(self.key(min(row, self._shown - 1)))

    @property
    def total(self) -> int:
        """How many lines there are, hidden ones included."""
        return self._total

    def __len__(self) -> int:
        """Return how many lines are shown."""
        return self._shown

    def key(self, row: int) -> Key:
        """Return the number of the line that a row shows."""
        return row if self._chosen is None else self._chosen[row]

    def row_of(self, key: Key) -> int | None:
        """Return the row that shows a line; None if it is hidden or not there."""
        if not isinstance(key, int):
            return None
        if self._chosen is None:
            return key if key < self._total else None
        row = bisect_left(self._chosen, key, 0, self._shown)
        return row if row < self._shown and self._chosen[row] == key else None

    def knows(self, key: Key) -> bool:
        """Tell whether the file has a line of this number."""
        return isinstance(key, int) and key < self._total

    def cells(self, row: int) -> Sequence[Cell]:
        """Return what is shown of a line."""
        line = int(self.key(row))
        cells = self._kept.get(line)
        if cells is None:
            if len(self._kept) >= KEPT_ROWS:
                self._kept.clear()
            cells = self._kept[line] = _cells(line, self.summary(line))
        return cells

    def summary(self, line: int) -> Summary:
        """Return what is known of a line without reading all of it."""
        return summarize_row(self.index, line)

    def next_failure(self, line: int, step: int) -> int | None:
        """Return the next shown line after another one, or before it, that did not succeed.

        Args:
            line: Where to begin; it is passed over.
            step: 1 for what comes after it, -1 for what comes before.
        """
        if self._chosen is None:
            kinds = self.kinds
            return kinds.next_failure(line) if step > 0 else kinds.previous_failure(line)
        at = bisect_left(self._chosen, line, 0, self._shown)
        rows = range(at, self._shown) if step > 0 else range(at - 1, -1, -1)
        for row in rows:
            other = self._chosen[row]
            if other != line and self.kinds.failed(other):
                return other
        return None


def _cells(line: int, summary: Summary) -> tuple[Cell, ...]:
    sign, tone = SIGNS[summary.kind]
    failed = summary.kind is not Kind.SUCCEEDED
    return (
        Cell(f"{line + 1:,}", "dim"),
        Cell(summary.custom_id),
        Cell(f"{sign} {summary.type}", tone),
        Cell(summary.model, "dim"),
        Cell(summary.stop_reason, "warn" if summary.stop_reason == "max_tokens" else "dim"),
        Cell(_number(summary.tokens_in)),
        Cell(_number(summary.tokens_out)),
        Cell(summary.text, tone if failed else ""),
    )


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
