"""What a table can show: rows by number, each with a key that outlives a refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("Cell", "Column", "Key", "Rows", "Tone")

Key: TypeAlias = str | int
"""What a mark or the cursor holds on to: a batch's id, the number of a line."""

Tone: TypeAlias = Literal["", "dim", "good", "warn", "bad", "busy"]
"""What a cell's colour says; a glyph or a word in the cell must say the same."""


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        name: What sorting and the column chooser call it.
        title: Its heading.
        width: Cells of the terminal that it takes.
        right: Whether its text is set to the right, as numbers are.
        grows: Whether it takes a share of what is left of the width.
        rank: Where there is no room for all, those with the greatest rank go first.
    """

    name: str
    title: str
    width: int
    right: bool = False
    grows: bool = False
    rank: int = 0


class Cell(NamedTuple):
    """The text of one cell, still untrusted, and its tone."""

    text: str
    tone: Tone = ""


@runtime_checkable
class Rows(Protocol):
    """The rows that a table shows, after filter and sort.

    Only rows that are on the screen are asked for their cells.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, in their order."""
        ...

    @property
    def total(self) -> int:
        """How many rows there are, those that a filter hides included."""
        ...

    def __len__(self) -> int:
        """Return how many rows are shown."""
        ...

    def key(self, row: int) -> Key:
        """Return what identifies a shown row."""
        ...

    def row_of(self, key: Key) -> int | None:
        """Return the row that shows a key; None if it is hidden or gone."""
        ...

    def cells(self, row: int) -> Sequence[Cell]:
        """Return a shown row's cells, one for each column."""
        ...

    def knows(self, key: Key) -> bool:
        """Tell whether a key is there, shown or hidden."""
        ...
