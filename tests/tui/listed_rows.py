"""Rows from a list, for tests of what shows rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from tui.state.rows import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.state.rows import Key

__all__ = ("COLUMNS", "ListedRows")

COLUMNS = (
    Column("name", "Name", 8),
    Column("size", "Size", 6, right=True, rank=1),
    Column("text", "Text", 10, grows=True, rank=2),
)


@final
class ListedRows:
    """Shows some keys of a list; the others are hidden."""

    def __init__(self, keys: Iterable[Key], hidden: Iterable[Key] = ()) -> None:
        self.columns: Sequence[Column] = COLUMNS
        self.texts: dict[Key, tuple[Cell, ...]] = {}
        self.put(keys, hidden)

    def put(self, keys: Iterable[Key], hidden: Iterable[Key] = ()) -> None:
        """Let these be the rows."""
        self._all = dict.fromkeys(keys)
        gone = set(hidden)
        self._shown = [key for key in self._all if key not in gone]
        self._row_of = {key: row for row, key in enumerate(self._shown)}

    @property
    def total(self) -> int:
        return len(self._all)

    def __len__(self) -> int:
        return len(self._shown)

    def key(self, row: int) -> Key:
        return self._shown[row]

    def row_of(self, key: Key) -> int | None:
        return self._row_of.get(key)

    def cells(self, row: int) -> Sequence[Cell]:
        key = self._shown[row]
        return self.texts.get(key, (Cell(f"row {key}"), Cell("1"), Cell("text")))

    def knows(self, key: Key) -> bool:
        return key in self._all
