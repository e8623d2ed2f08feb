"""The row that verbs act on, held by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.state.rows import Key, Rows

__all__ = ("Cursor",)


@final
class Cursor:
    """A place in rows that change: on a key while it is shown, else on its neighbour."""

    def __init__(self) -> None:
        self.key: Key | None = None
        """What it is on; None only where there are no rows."""
        self.row: int = 0
        """Where that is shown."""

    def place(self, rows: Rows, row: int) -> bool:
        """Go to the row nearest to a number; return whether the key is another one."""
        before = self.key
        self.row = max(0, min(row, len(rows) - 1))
        self.key = rows.key(self.row) if len(rows) else None
        return self.key != before

    def follow(self, rows: Rows, neighbours: Sequence[Key] = ()) -> bool:
        """Find the key again after the rows changed; return whether it is another one.

        Args:
            rows: As they are now.
            neighbours: The keys around it as they were shown, itself included: if it
                is gone, the next of them that is there takes its place, or else
                the nearest before it.
        """
        row = self._row_now(rows, neighbours)
        return self.place(rows, self.row if row is None else row)

    def _row_now(self, rows: Rows, neighbours: Sequence[Key]) -> int | None:
        if self.key is None:
            return None
        row = rows.row_of(self.key)
        if row is not None or self.key not in neighbours:
            return row
        at = neighbours.index(self.key)
        for key in (*neighbours[at + 1 :], *reversed(neighbours[:at])):
            row = rows.row_of(key)
            if row is not None:
                return row
        return None
