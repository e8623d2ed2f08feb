"""Send what the ledger says is to be sent, and settle what it says was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import (
    AmbiguousCreateError,
    APIStatusError,
    AuthenticationError,
    BillingError,
    BusyError,
    ConfigurationError,
    PermissionDeniedError,
    RateLimitError,
    StorageError,
    TransportError,
    TrioBatchesError,
)
from trio_batches.jobs.looking import GRACE_SECONDS, UNANSWERED, Looking, patience_for
from trio_batches.jobs.queue import Queue
from trio_batches.jobs.reconcile import Watermark
from trio_batches.jobs.submission import ChunkProgress, Submission
from trio_batches.store.chunk import ChunkBody, chunk_of
from trio_batches.store.kept_requests import chunk_path, put_away
from trio_batches.transport.exchange import Delivery
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent
    from trio_batches.types import MessageBatch

__all__ = ("Sending",)

SENDS = 3
"""How often a create is sent, each time after the one before has certainly come to nothing."""

RIVAL_SECONDS = 240.0
"""How long to wait for another process to settle a create of as many requests."""

_NOT_NOW = (AuthenticationError, BillingError, PermissionDeniedError, RateLimitError)
"""Refusals of this key or this moment, not of these requests."""

_Step = tuple["Intent", ChunkProgress]


@final
class Sending:
    """Brings intents to their end: confirmed, or known to have failed.

    Every step is written into the ledger before the next one is taken, so a
    process may end anywhere, and another one goes on from what is written:

    `planned` → `sent` → the POST → `confirmed`, and the requests are put away.
    Without a clear answer `sent` becomes `ambiguous`: the batch is looked for,
    then `confirmed`, or `planned` again when it certainly was not made. A
    create that never left, or is cancelled before it has, is `planned` again at
    once; a refused one `failed`.
    """

    def __init__(  # noqa: PLR0913  # what it works with
        self,
        client: Client,
        ledger: Ledger,
        home: Home,
        *,
        keep: bool,
        progress: Submission,
        queue_limit: int,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._home = home
        self._keep = keep
        self._queue: Queue = Queue(client, queue_limit)
        self._looking: Looking = Looking(client, ledger, home)
        self._turns: dict[int, trio.Lock] = {}
        self._waiting: dict[str, trio.CancelScope] = {}
        self.progress: Submission = progress

    async def run(self, intents: Sequence[Intent], concurrency: int) -> Submission:
        """Settle all intents, so many at a time; what one fails with is in the progress.

        What was sent before is settled before anything is sent.
        """
        steps = [(intent, ChunkProgress.of(intent)) for intent in intents]
        self.progress.chunks += [chunk for _, chunk in steps]
        ours = [step for step in steps if self._is_from_here(*step)]
        unclear = [step for step in ours if step[0].state in ("sent", "ambiguous")]
        try:
            await self._each(self._look, unclear, concurrency)
            unsent = [step for step in ours if step[1].state == "waiting"]
            await self._each(self._send, unsent, concurrency)
        finally:
            for _, chunk in steps:
                if chunk.state not in ("submitted", "failed"):
                    chunk.state = "open"
        return self.progress

    def _is_from_here(self, intent: Intent, chunk: ChunkProgress) -> bool:
        """Refuse to settle at one service what was sent to another."""
        place = Watermark.read(intent.watermark).base_url
        if chunk.state != "waiting" or place in (None, self._client.base_url):
            return True
        chunk.state = "open"
        chunk.error = ConfigurationError(
            f"begun at {place}: resume it there, or give it up: "
            f"`trio-batches ledger abandon {intent.submission:.12}`"
        )
        return False

    async def _each(
        self,
        settle: Callable[[Intent, ChunkProgress], Awaitable[None]],
        steps: Sequence[_Step],
        concurrency: int,
    ) -> None:
        limit = trio.CapacityLimiter(concurrency)

        async def one(intent: Intent, chunk: ChunkProgress) -> None:
            try:
                with trio.CancelScope() as scope:
                    self._waiting[intent.id] = scope
                    async with self._turns.setdefault(intent.n_requests, trio.Lock()):
                        await settle(intent, chunk)
            except TrioBatchesError as error:
                chunk.error = error
                if chunk.state != "submitted":
                    chunk.state = "open"
                if isinstance(error, (*_NOT_NOW, StorageError)):
                    self._stop(error)
            finally:
                self._waiting.pop(intent.id, None)
                limit.release_on_behalf_of(intent)

        async with open_hidden_nursery() as nursery:
            for intent, chunk in steps:
                await limit.acquire_on_behalf_of(intent)
                if self.progress.stopped_by is not None:
                    break
                nursery.start_soon(one, intent, chunk)

    def _stop(self, error: TrioBatchesError) -> None:
        """Begin nothing more; creates that are on their way may arrive."""
        self.progress.stopped_by = self.progress.stopped_by or error
        for scope in self._waiting.values():
            scope.cancel()

    async def _look(self, intent: Intent, chunk: ChunkProgress) -> None:
        """Settle an intent that was sent by a process that has ended since."""
        reason = intent.reason or UNANSWERED
        if not await self._find(intent, chunk, reason, patience_for(intent)):
            chunk.state = "waiting"

    async def _send(self, intent: Intent, chunk: ChunkProgress) -> None:
        """Send an intent that is certainly not a batch by now."""
        body = ChunkBody(await trio.to_thread.run_sync(chunk_of, intent, self._path(intent)))
        for attempt in range(SENDS):
            lost = await self._create(intent, chunk, body, again=attempt > 0)
            if lost is None or await self._find(intent, chunk, str(lost), GRACE_SECONDS):
                return
            chunk.state, chunk.error = "waiting", lost
        if chunk.error is not None:
            raise chunk.error

    async def _create(
        self, intent: Intent, chunk: ChunkProgress, body: ChunkBody, *, again: bool
    ) -> AmbiguousCreateError | None:
        """Send a create once; return the error that leaves it unclear what came of it."""
        newest = await self._queue.take(intent.n_requests)
        delivery = Delivery()
        try:
            # An earlier watermark stays: what that create made may turn up late.
            fresh = newest and not again and intent.sent_at is None
            watermark = Watermark.of(self._client, newest).text() if fresh else None
            await self._claim(intent, watermark)
            scope = self._waiting.pop(intent.id)
            chunk.state = "sending"
            try:
                created = await self._client.messages.batches.create_encoded(
                    body, intent.n_requests, delivery=delivery
                )
            except trio.Cancelled:
                if not delivery.possible:
                    await self._unsend(intent)  # noqa: ASYNC102, ASYNC120  # shielded
                raise
            finally:
                self._waiting[intent.id] = scope
                if self.progress.stopped_by is not None:
                    scope.cancel()
            self._queue.note(created.batch)
        except AmbiguousCreateError as error:
            return error
        except (TransportError, ConfigurationError, StorageError, *_NOT_NOW):
            await self._unsend(intent)  # noqa: ASYNC120  # shielded
            raise
        except APIStatusError as error:
            chunk.state, chunk.error = "failed", error
        else:
            await self._confirm(intent, chunk, created.batch, created.raw)
            return None
        finally:
            self._queue.give_back(intent.n_requests)
        with trio.CancelScope(shield=True):
            await self._ledger.fail(intent.id, str(chunk.error))
        return None

    def _path(self, intent: Intent) -> Path:
        return chunk_path(self._home, intent)

    async def _unsend(self, intent: Intent) -> None:
        with trio.CancelScope(shield=True):  # it is known now that nothing was made
            await self._ledger.postpone(intent.id)

    async def _claim(self, intent: Intent, watermark: str | None) -> None:
        give_up = trio.current_time() + RIVAL_SECONDS
        while (claim := await self._ledger.claim_sending(intent.id, watermark)) == "rival":
            if trio.current_time() >= give_up:
                raise BusyError(
                    f"chunk {intent.chunk}: an earlier create of {intent.n_requests:,} requests "
                    f"is not settled: `trio-batches ledger open` shows it; resume it, or give it up"
                )
            await trio.sleep(1)
        if claim == "settled":
            raise BusyError(f"chunk {intent.chunk}: another process is sending it")

    async def _find(
        self, intent: Intent, chunk: ChunkProgress, reason: str, patience: float
    ) -> bool:
        """Look for the batch of a lost reply and adopt it; tell whether there is one."""
        if not await self._ledger.mark_ambiguous(intent.id, reason):
            raise BusyError(f"chunk {intent.chunk}: another process has settled it")
        chunk.state = "looking"
        found = await self._looking.find(intent, patience)
        if found is None:
            await self._ledger.plan_again(intent.id)
            return False
        chunk.adopted = True
        await self._confirm(intent, chunk, *found)
        return True

    async def _confirm(
        self, intent: Intent, chunk: ChunkProgress, batch: MessageBatch, raw: bytes
    ) -> None:
        chunk.batch_id = batch.id
        with trio.CancelScope(shield=True):  # it is paid for: a moment more, to write that down
            if not await self._ledger.confirm(intent.id, batch, raw):
                raise BusyError(f"chunk {intent.chunk}: another process has settled it")
            chunk.state, chunk.error = "submitted", None
            path = self._path(intent)
            await trio.to_thread.run_sync(
                lambda: put_away(self._home, path, batch.id, keep=self._keep)
            )
