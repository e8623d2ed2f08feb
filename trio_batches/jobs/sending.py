"""Send what the ledger says is to be sent, and settle what it says was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, final

import msgspec
import trio

from trio_batches.errors import (
    AmbiguousCreateError,
    APIStatusError,
    AuthenticationError,
    BillingError,
    BusyError,
    PermissionDeniedError,
    RateLimitError,
    StorageError,
    TransportError,
    TrioBatchesError,
    UnsettledSubmissionError,
)
from trio_batches.jobs.queue import QUEUE_LIMIT, Queue
from trio_batches.jobs.reconcile import Watermark, find_candidates
from trio_batches.jobs.submission import ChunkProgress, Submission
from trio_batches.store.disk import storage_errors
from trio_batches.store.spool import Chunk, ChunkBody

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_batches.client import Client
    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent
    from trio_batches.types import MessageBatch

__all__ = ("Sending",)

GRACE_SECONDS = 180.0
"""How long a batch may take to appear in the list before it counts as not made.

Users of the service report delays of one or two seconds.
"""

SENDS = 3
"""How often a create is sent, each time after the one before has certainly come to nothing."""

LOOK_SECONDS = 10.0
"""Between two looks for a batch."""

_NOT_NOW = (AuthenticationError, BillingError, PermissionDeniedError, RateLimitError)
"""Refusals of this key or this moment, not of these requests."""


@final
class Sending:
    """Brings intents to their end: confirmed, or known to have failed.

    Every step is written into the ledger before the next one is taken, so a
    process may end anywhere, and another one goes on from what is written.
    """

    def __init__(  # noqa: PLR0913  # what it works with
        self,
        client: Client,
        ledger: Ledger,
        home: Home,
        *,
        keep: bool,
        progress: Submission | None,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._home = home
        self._keep = keep
        self._queue: Queue = Queue(client, queue_limit)
        self.progress: Submission = Submission() if progress is None else progress

    async def run(self, intents: Iterable[Intent], concurrency: int) -> Submission:
        """Settle all intents, so many at a time; what one fails with is in the progress."""
        limit = trio.CapacityLimiter(concurrency)
        async with trio.open_nursery() as nursery:
            for intent in intents:
                chunk = ChunkProgress(intent.chunk, intent.n_requests, intent.n_bytes or 0)
                self.progress.chunks.append(chunk)
                nursery.start_soon(self._settle, intent, chunk, limit, nursery.cancel_scope)
        return self.progress

    async def _settle(
        self,
        intent: Intent,
        chunk: ChunkProgress,
        limit: trio.CapacityLimiter,
        scope: trio.CancelScope,
    ) -> None:
        async with limit:
            try:
                if intent.state == "planned":
                    await self._send(intent, chunk)
                else:
                    await self._look(intent, chunk)
            except TrioBatchesError as error:
                chunk.error = error
                chunk.state = "open"
                if isinstance(error, (*_NOT_NOW, StorageError)):
                    self.progress.stopped_by = error
                    scope.cancel()

    async def _send(self, intent: Intent, chunk: ChunkProgress) -> None:
        """Send an intent that is certainly not a batch by now."""
        body = ChunkBody(await trio.to_thread.run_sync(_chunk_of, intent))
        sends = 0
        while (lost := await self._create(intent, chunk, body)) is not None:
            if await self._find(intent, chunk, str(lost), GRACE_SECONDS):
                return
            sends += 1
            if sends == SENDS:
                raise lost

    async def _create(
        self, intent: Intent, chunk: ChunkProgress, body: ChunkBody
    ) -> AmbiguousCreateError | None:
        """Send a create once; return the error that leaves it unclear what came of it."""
        async with self._queue.room_for(intent.n_requests):
            if not await self._ledger.mark_sent(intent.id):
                raise BusyError(f"chunk {intent.chunk}: another process is sending it")
            chunk.state = "sending"
            try:
                created = await self._client.messages.batches.create_encoded(
                    body, intent.n_requests
                )
            except AmbiguousCreateError as error:
                return error
            except (TransportError, *_NOT_NOW):
                await self._ledger.postpone(intent.id)
                raise
            except APIStatusError as error:
                await self._ledger.fail(intent.id, str(error))
                chunk.state, chunk.error = "failed", error
                return None
        await self._confirm(intent, chunk, created.batch, created.raw)
        return None

    async def _look(self, intent: Intent, chunk: ChunkProgress) -> None:
        """Settle an intent that was sent by a process that has ended since."""
        age = 0.0 if intent.sent_at is None else (_now() - intent.sent_at).total_seconds()
        reason = intent.reason or "the process ended before an answer came"
        if not await self._find(intent, chunk, reason, GRACE_SECONDS - age):
            await self._send(intent, chunk)

    async def _find(
        self, intent: Intent, chunk: ChunkProgress, reason: str, patience: float
    ) -> bool:
        """Look for the batch of a lost reply and adopt it; tell whether there is one.

        Raises:
            UnsettledSubmissionError: More than one may be it.
        """
        await self._ledger.mark_ambiguous(intent.id, reason)
        chunk.state = "looking"
        watermark = msgspec.json.decode(intent.watermark or "{}", type=Watermark)
        deadline = trio.current_time() + patience
        while True:
            found = [
                (batch, raw)
                for batch, raw in await find_candidates(self._client, intent.n_requests, watermark)
                if await self._ledger.intent_of_batch(batch.id) is None
            ]
            if len(found) > 1:
                raise UnsettledSubmissionError(intent.n_requests, [batch.id for batch, _ in found])
            if found:
                chunk.adopted = True
                await self._confirm(intent, chunk, *found[0])
                return True
            left = deadline - trio.current_time()
            if left <= 0:
                return False
            await trio.sleep(min(LOOK_SECONDS, left))

    async def _confirm(
        self, intent: Intent, chunk: ChunkProgress, batch: MessageBatch, raw: bytes
    ) -> None:
        with trio.CancelScope(shield=True):  # it is paid for: a moment more, to write that down
            if not await self._ledger.confirm(intent.id, batch, raw):
                raise BusyError(f"chunk {intent.chunk}: another process has settled it")
            await trio.to_thread.run_sync(self._put_away, intent, batch.id)
        chunk.state, chunk.batch_id, chunk.error = "submitted", batch.id, None

    def _put_away(self, intent: Intent, batch_id: str) -> None:
        """Keep the requests under the batch's id, or remove them."""
        path = Path(intent.input_path or "")
        with storage_errors(path):
            if self._keep:
                path.replace(self._home.requests / f"{batch_id}.jsonl")
            else:
                path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def _chunk_of(intent: Intent) -> Chunk:
    """Return what an intent would send.

    Raises:
        StorageError: Its file is gone, or not the one that was checked.
    """
    path = Path(intent.input_path or "")
    size = intent.n_bytes or 0
    with storage_errors(path):
        found = path.stat().st_size
    if found != size + intent.n_requests:
        raise StorageError(str(path), "not the requests that were checked: submit them anew")
    return Chunk(
        path=str(path),
        number=intent.chunk,
        requests=intent.n_requests,
        bytes=size,
        sha256=intent.sha256 or "",
    )


def _now() -> datetime:
    return datetime.now(UTC)
