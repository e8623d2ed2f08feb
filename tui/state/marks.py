"""What is marked: keys, so that neither a filter nor a refresh can move a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.state.rows import Key, Rows

__all__ = ("Marks",)


@final
class Marks:
    """The marked keys, and the range that is being drawn.

    While a range is open, the marks are those from before plus all rows between
    the row where it began and the cursor.
    """

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._before: frozenset[Key] = frozenset()
        self._anchor: Key | None = None

    def __len__(self) -> int:
        """Return how many keys are marked, hidden ones included."""
        return len(self._keys)

    def __iter__(self) -> Iterator[Key]:
        """Iterate over the marked keys, in no order."""
        return iter(self._keys)

    def __contains__(self, key: object) -> bool:
        """Tell whether a key is marked."""
        return key in self._keys

    @property
    def has_range(self) -> bool:
        """Whether a range is open."""
        return self._anchor is not None

    def toggle(self, key: Key) -> None:
        """Mark a key, or take its mark away. An open range ends."""
        self.end_range()
        self._keys ^= {key}

    def mark_shown(self, rows: Rows) -> None:
        """Mark every row that is shown; marks that are hidden stay."""
        self.end_range()
        self._keys.update(_shown(rows))

    def invert_shown(self, rows: Rows) -> None:
        """Mark the shown rows that are not marked, and no other shown one; hidden marks stay."""
        self.end_range()
        self._keys.symmetric_difference_update(_shown(rows))

    def clear(self) -> None:
        """Take all marks away, hidden ones too."""
        self.end_range()
        self._keys.clear()

    def begin_range(self, key: Key) -> None:
        """Open a range at a key, which is marked from now on."""
        self._anchor = key
        self._before = frozenset(self._keys)
        self._keys.add(key)

    def extend_range(self, rows: Rows, row: int) -> None:
        """Let the open range reach from where it began to a row."""
        if self._anchor is None:
            return
        start = rows.row_of(self._anchor)
        if start is None:
            self.end_range()
            return
        span = range(min(start, row), max(start, row) + 1)
        self._keys = set(self._before)
        self._keys.update(map(rows.key, span))

    def end_range(self) -> None:
        """Close the open range; what it marked stays."""
        self._anchor = None
        self._before = frozenset()

    def drop_range(self) -> None:
        """Close the open range and take its marks away."""
        if self._anchor is not None:
            self._keys = set(self._before)
        self.end_range()

    def prune(self, rows: Rows) -> bool:
        """Forget the marks on keys that are gone; return whether there were any."""
        if self._anchor is not None and not rows.knows(self._anchor):
            self.end_range()
        gone = [key for key in self._keys if not rows.knows(key)]
        self._keys.difference_update(gone)
        self._before = self._before.difference(gone)
        return bool(gone)

    def hidden(self, rows: Rows) -> int:
        """Return how many marks are on rows that are not shown."""
        if not self._keys or len(rows) == rows.total:
            return 0
        if len(rows) < len(self._keys):
            return len(self._keys) - sum(key in self._keys for key in _shown(rows))
        return sum(rows.row_of(key) is None for key in self._keys)

    def in_order(self, rows: Rows) -> tuple[Key, ...]:
        """Return the marked keys: the shown ones as they are shown, then the hidden ones."""
        placed = [(rows.row_of(key), key) for key in self._keys]
        shown = sorted((row, index) for index, (row, _) in enumerate(placed) if row is not None)
        hidden = (key for row, key in placed if row is None)
        return (*(placed[index][1] for _, index in shown), *hidden)


def _shown(rows: Rows) -> Iterable[Key]:
    return map(rows.key, range(len(rows)))
