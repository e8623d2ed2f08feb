"""What a table tells its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from typing_extensions import override

if TYPE_CHECKING:
    from tui.state.marks import Marks
    from tui.state.rows import Key
    from tui.widgets.table import Table

__all__ = ("HeadingClicked", "Highlighted", "MarksChanged", "Opened")


class _TableMessage(Message, namespace="table"):
    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table: Table = table

    @property
    @override
    def control(self) -> Table:
        """The table that sent it."""
        return self.table


class Highlighted(_TableMessage, namespace="table"):
    """The cursor is on another key; None where there are no rows."""

    def __init__(self, table: Table, key: Key | None) -> None:
        super().__init__(table)
        self.key: Key | None = key


class Opened(_TableMessage, namespace="table"):
    """The user opened a row."""

    def __init__(self, table: Table, key: Key) -> None:
        super().__init__(table)
        self.key: Key = key


class MarksChanged(_TableMessage, namespace="table"):
    """Other keys are marked than before; `marks` is the table's own, to look at."""

    def __init__(self, table: Table, marks: Marks) -> None:
        super().__init__(table)
        self.marks: Marks = marks


class HeadingClicked(_TableMessage, namespace="table"):
    """A column's heading was clicked; the screen may sort by it."""

    def __init__(self, table: Table, column: str) -> None:
        super().__init__(table)
        self.column: str = column
