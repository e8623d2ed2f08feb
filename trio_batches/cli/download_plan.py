"""What `download` would do: for `--dry-run`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import trio

from trio_batches.cli.exit_codes import Exit, exit_of_all, sentence_of
from trio_batches.cli.terminal import narrate, print_table, write_objects
from trio_batches.cli.time_span import span
from trio_batches.errors import StorageError, TrioBatchesError
from trio_batches.jobs import for_each, forecast
from trio_batches.protocol.limits import RESULTS_KEPT
from trio_batches.store import ResultsFolder
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.jobs import Forecast

__all__ = ("print_plan",)


class _Step(msgspec.Struct, kw_only=True):
    """What there is to do about one batch."""

    id: str
    to_do: str
    results: int
    expires: datetime
    """When the service drops the results."""

    bytes: int | None = None
    """About so many will come; None if that is unknown."""


async def print_plan(
    client: Client, batches: Sequence[str | MessageBatch], folder: Path, *, as_json: bool
) -> Exit:
    """Print what a download would do, the most urgent first; fetch nothing but the batches."""
    found = await _look_up(client, batches)
    errors: list[TrioBatchesError] = [
        batch for batch in found if isinstance(batch, TrioBatchesError)
    ]
    known = [batch for batch in found if isinstance(batch, MessageBatch)]
    known.sort(key=lambda batch: batch.created_at)
    room = await trio.to_thread.run_sync(forecast, folder)
    steps: list[_Step] = []
    for batch in known:
        try:
            steps.append(await _step(batch, folder, room))
        except StorageError as unreadable:
            errors.append(unreadable)
    if as_json:
        await write_objects(map(msgspec.json.encode, steps))
    else:
        await print_table(("id", "results", "gone in", "bytes", "to do"), map(_row, steps))
    _summarise([step for step in steps if step.to_do == "download"], room)
    for error in errors:
        narrate(sentence_of(error))
    return exit_of_all(errors)


async def _look_up(
    client: Client, batches: Sequence[str | MessageBatch]
) -> list[MessageBatch | TrioBatchesError]:
    ids = [batch for batch in batches if isinstance(batch, str)]
    known = [batch for batch in batches if not isinstance(batch, str)]
    return [*known, *(await for_each(ids, client.messages.batches.retrieve)).values()]


async def _step(batch: MessageBatch, folder: Path, room: Forecast) -> _Step:
    results = batch.request_counts.total
    step = _Step(
        id=batch.id, results=results, expires=batch.created_at + RESULTS_KEPT, to_do="download"
    )
    if not batch.ended:
        step.to_do = f"nothing: it is {batch.processing_status}"
    elif await trio.to_thread.run_sync(ResultsFolder(folder).find, batch) is not None:
        step.to_do = "nothing: it is here, verified"
    elif batch.archived_at is not None or step.expires < datetime.now(UTC):
        step.to_do = "nothing: its results are gone"
    else:
        step.bytes = room.bytes(results)
    return step


def _row(step: _Step) -> tuple[str, ...]:
    left = step.expires - datetime.now(UTC)
    size = "" if step.bytes is None else f"{step.bytes:,}"
    return (step.id, f"{step.results:,}", span(left), size, step.to_do)


def _summarise(steps: Sequence[_Step], room: Forecast) -> None:
    results = sum(step.results for step in steps)
    size = room.bytes(results)
    need = "how many bytes is unknown yet" if size is None else f"about {size:,} bytes"
    narrate(
        f"{len(steps):,} to download, {results:,} results, one request each; {need}, "
        f"{room.free:,} are free"
    )
