"""An app that is one table, and what tests see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from typing_extensions import override

from tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.message import Message
    from textual.pilot import Pilot
    from textual.strip import Strip

    from tests.tui.listed_rows import ListedRows


class CountingTable(Table):
    """Counts the lines that were asked for."""

    drawn: int = 0

    @override
    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)


class TableApp(App[None]):
    def __init__(self, rows: ListedRows) -> None:
        super().__init__()
        self.table: CountingTable = CountingTable(rows, placeholder="Nothing here.")

    @override
    def compose(self) -> ComposeResult:
        yield self.table


def lines(app: TableApp) -> list[str]:
    return [app.table.render_line(y).text for y in range(app.table.size.height)]


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait until all that follows from them has been done."""
    await pilot.press(*keys)
    await pilot.pause()


def seen(messages: list[Message], kind: type[Message]) -> list[Message]:
    return [message for message in messages if isinstance(message, kind)]
