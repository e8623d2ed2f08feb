"""Which columns fit into a width, and how wide each of them becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tui.state.rows import Column

__all__ = ("GAP", "Fitted", "fit")

GAP = 1
"""Cells between two columns."""


class Fitted(NamedTuple):
    """A column that is shown.

    Attributes:
        number: Its place among all columns, which is that of its cell in a row.
        column: The column.
        start: Cells before it.
        width: Cells that it takes.
    """

    number: int
    column: Column
    start: int
    width: int


def fit(columns: Sequence[Column], width: int, hidden: Collection[str] = ()) -> tuple[Fitted, ...]:
    """Return the columns that are shown in a width.

    Where there is no room for all, those of the greatest rank go first, from the
    right. What is left is shared by those that grow. The last one to remain is cut.

    Args:
        columns: All columns.
        width: Cells to fill.
        hidden: The names of columns that are not wanted.
    """
    shown = [(i, column) for i, column in enumerate(columns) if column.name not in hidden]
    while len(shown) > 1 and _wanted(shown) > width:
        shown.remove(max(shown, key=lambda item: (item[1].rank, item[0])))
    rest = max(0, width - _wanted(shown))
    growing = [column.name for _, column in shown if column.grows]
    fitted: list[Fitted] = []
    start = 0
    for index, column in shown:
        cells = min(column.width, width)
        if column.grows:
            share = rest // len(growing)
            growing.pop()
            rest -= share
            cells += share
        fitted.append(Fitted(index, column, start, cells))
        start += cells + GAP
    return tuple(fitted)


def _wanted(shown: Sequence[tuple[int, Column]]) -> int:
    return sum(column.width for _, column in shown) + GAP * (len(shown) - 1)
