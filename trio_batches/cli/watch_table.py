"""The table of batches that are watched, redrawn in place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import trio
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from trio_batches.cli.time_span import span
from trio_batches.jobs import usual_duration
from trio_batches.protocol.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from trio_batches.store import KnownBatch, Label
    from trio_batches.types import MessageBatch

__all__ = ("WatchTable", "outcome_of")

REFRESH_SECONDS = 1.0
COLUMNS = ("id", "label", "status", "requests", "for", "usually", "expires in")


class WatchTable:
    """What is known of the batches that are watched.

    Args:
        labels: The user's names for them.
        history: Earlier batches, to tell how long one usually takes.
    """

    def __init__(self, labels: Mapping[str, Label], history: Sequence[KnownBatch]) -> None:
        self._labels = labels
        self._history = history
        self._batches: dict[str, MessageBatch] = {}
        self._usual: dict[int, timedelta | None] = {}
        self._console = Console()

    def note(self, batch: MessageBatch) -> None:
        """Take note of what a batch is like now."""
        self._batches[batch.id] = batch

    def rows(self, now: datetime) -> list[tuple[str, ...]]:
        """Return a row of plain text for each batch."""
        return [self._row(batch, now) for batch in self._batches.values()]

    def _row(self, batch: MessageBatch, now: datetime) -> tuple[str, ...]:
        size = batch.request_counts.total
        label = self._labels.get(batch.id)
        if size not in self._usual:
            self._usual[size] = usual_duration(self._history, size)
        usual = self._usual[size]
        return (
            batch.id,
            (label.label if label is not None else None) or "",
            outcome_of(batch) if batch.ended else batch.processing_status,
            f"{size:,}",
            span((batch.ended_at or now) - batch.created_at),
            "" if usual is None else span(usual),
            "" if batch.ended else span(batch.expires_at - now),
        )

    def drawn(self, now: datetime) -> Table:
        """Return the table as it is drawn."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in COLUMNS:
            table.add_column(column, overflow="fold" if column == "id" else "ellipsis")
        for row in self.rows(now):
            table.add_row(*(Text(one_line(cell)) for cell in row))
        return table

    def say(self, text: str) -> None:
        """Write what a command said above the table."""
        if text:
            self._console.print(Text.from_ansi(text.rstrip("\n")))

    async def draw(self) -> None:
        """Draw it on the terminal, again every second, until cancelled."""
        with Live(console=self._console, auto_refresh=False) as live:
            try:
                while True:
                    live.update(self.drawn(datetime.now(UTC)), refresh=True)
                    await trio.sleep(REFRESH_SECONDS)
            finally:
                live.update(self.drawn(datetime.now(UTC)), refresh=True)


def outcome_of(batch: MessageBatch) -> str:
    """Return how the requests of a batch that has ended came out."""
    counts = batch.request_counts.results()
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
