"""Wait for many batches to end, at the service's own pace."""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING, final

import trio

from trio_batches.client import Polled
from trio_batches.errors import (
    InvalidIdError,
    NotFoundError,
    RateLimitError,
    ServerError,
    SpendLimitError,
    TransportError,
    TrioBatchesError,
)
from trio_batches.jobs.each import for_each
from trio_batches.protocol.limits import MAX_PAGE, POLL_INTERVAL
from trio_batches.protocol.many import refuse_lone_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable
    from datetime import datetime

    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("watch",)

FEW = 3
"""So many batches are asked for one by one; more of them by pages of the list."""

GRACE_SECONDS = 600.0
"""How long a batch that exists may be unknown. Source: `RetryPolicy.not_found_grace`."""

OUTAGE_SECONDS = 3600.0
"""How long the service may be out of reach before watching ends."""

_log = logging.getLogger("trio_batches")


async def watch(
    client: Client,
    batch_ids: Iterable[str],
    changed: Callable[[Polled], Awaitable[None]],
    *,
    expected: Collection[str] = (),
) -> dict[str, MessageBatch | TrioBatchesError]:
    """Wait until batches have ended, and tell of each change of status.

    One request covers up to 1,000 batches. A round of requests begins no sooner
    after the last one than the service asks (10 seconds, so far), jittered. A
    service that cannot be reached is waited for up to an hour.

    Args:
        client: An open client.
        batch_ids: What to wait for.
        changed: Called with a batch, and its JSON, when it is seen first, and whenever
            its `processing_status` has changed. The next round waits for it.
        expected: Batches that are known to run, such as those in the ledger. That
            one of them is not found is waited out for ten minutes.

    Returns:
        Each batch as it ended, or why it cannot be watched: a `NotFoundError`
        where it does not exist, or has been deleted meanwhile.

    Raises:
        APIStatusError: The service refused for another reason.
        TransportError: The service was out of reach for an hour.

    It may take up to 24 hours: put it into a `trio.move_on_after` block for
    less. Cancelling stops the waiting; the batches go on.
    """
    refuse_lone_text(batch_ids, "batches to watch")
    order = list(dict.fromkeys(batch_ids))
    watching = _Watching(client, order, expected)
    while watching.statuses:
        looks = await watching.round()
        for batch_id, look in looks.items():
            if isinstance(look, Polled) and watching.note(batch_id, look):
                await changed(look)
        if watching.statuses:
            await trio.sleep(_pause(looks.values()))
    return {batch_id: watching.outcomes[batch_id] for batch_id in order}


@final
class _Watching:
    """What is known of the batches that are waited for."""

    def __init__(self, client: Client, batch_ids: list[str], expected: Collection[str]) -> None:
        self._client = client
        self._expected = frozenset(expected)
        self._missed: set[str] = set()
        self.statuses: dict[str, str] = dict.fromkeys(batch_ids, "")
        self.outcomes: dict[str, MessageBatch | TrioBatchesError] = {}
        self._created: dict[str, datetime] = {}
        self._seen_at = dict.fromkeys(batch_ids, trio.current_time())
        self._answered_at = trio.current_time()

    async def round(self) -> dict[str, Polled | TrioBatchesError]:
        """Look at all batches once, in as few requests as it takes."""
        try:
            looks = await self._look()
            for batch_id, look in looks.items():
                if isinstance(look, TrioBatchesError):
                    self._judge(batch_id, look)
        except SpendLimitError:
            raise
        except (TransportError, ServerError, RateLimitError) as error:
            if trio.current_time() - self._answered_at > OUTAGE_SECONDS:
                raise
            _log.warning("%s; watching goes on", error)
            return {}
        self._answered_at = trio.current_time()
        return looks

    def note(self, batch_id: str, look: Polled) -> bool:
        """Take note of what a batch is like; tell whether its status has changed."""
        batch = look.batch
        self._seen_at[batch_id] = trio.current_time()
        self._created[batch_id] = batch.created_at
        changed = self.statuses[batch_id] != batch.processing_status
        self.statuses[batch_id] = batch.processing_status
        if batch.ended:
            self._end(batch_id, batch)
        return changed

    def _judge(self, batch_id: str, error: TrioBatchesError) -> None:
        """Take note of a batch that cannot be seen; raise what concerns the others too."""
        if isinstance(error, NotFoundError):
            absent = trio.current_time() - self._seen_at[batch_id]
            if batch_id in self._expected and absent < GRACE_SECONDS:
                if batch_id not in self._missed:
                    self._missed.add(batch_id)
                    minutes = GRACE_SECONDS / 60
                    _log.warning("%s; it is waited for, up to %.0f minutes", error, minutes)
                return
        elif not isinstance(error, InvalidIdError):
            raise error
        self._end(batch_id, error)

    def _end(self, batch_id: str, outcome: MessageBatch | TrioBatchesError) -> None:
        self.outcomes[batch_id] = outcome
        del self.statuses[batch_id]

    async def _look(self) -> dict[str, Polled | TrioBatchesError]:
        seen: dict[str, Polled | TrioBatchesError] = {}
        if len(self.statuses) > FEW:
            seen |= await self._list()
        singly = [batch_id for batch_id in self.statuses if batch_id not in seen]
        if not singly:  # lists do not say when to ask again; a batch that runs does
            singly = [batch_id for batch_id in self.statuses if _runs(seen[batch_id])][:1]
        return seen | await for_each(singly, self._client.messages.batches.poll)

    async def _list(self) -> dict[str, Polled]:
        """Read pages as long as they are less work than asking for what is left singly."""
        seen: dict[str, Polled] = {}
        pages = 1
        page = await self._client.messages.batches.list(limit=MAX_PAGE)
        while True:
            for batch, raw in zip(page.data, page.raw_data, strict=True):
                if batch.id in self.statuses:
                    seen[batch.id] = Polled(batch=batch, raw=raw, retry_after=None)
            left = [batch_id for batch_id in self.statuses if batch_id not in seen]
            older = [
                batch_id
                for batch_id in left
                if not page.data
                or batch_id not in self._created
                or self._created[batch_id] <= page[-1].created_at
            ]
            if len(older) <= max(FEW, pages) or not page.has_next_page():
                return seen
            page = await page.get_next_page()
            pages += 1


def _runs(look: Polled | TrioBatchesError) -> bool:
    return isinstance(look, Polled) and not look.batch.ended


def _pause(looks: Iterable[Polled | TrioBatchesError]) -> float:
    """Return the longest pause that the service asks for."""
    jitter = random.random()  # noqa: S311
    pauses = [look.pause(jitter) for look in looks if isinstance(look, Polled)]
    return max(pauses, default=POLL_INTERVAL.total_seconds() * (1 + 0.1 * jitter))
