"""Wait for many batches to end, at the service's own pace."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import trio

from trio_batches.client import Polled
from trio_batches.errors import InvalidIdError, NotFoundError, TrioBatchesError
from trio_batches.jobs.each import for_each
from trio_batches.protocol.limits import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("watch",)

FEW = 3
"""So many batches are asked for one by one; more of them by pages of the list."""

Changed = Callable[["Polled"], Awaitable[None]]


async def watch(
    client: Client, batch_ids: Iterable[str], changed: Changed
) -> dict[str, MessageBatch | TrioBatchesError]:
    """Wait until batches have ended, and tell of each change of status.

    One request covers up to 1,000 batches. A round of requests begins no sooner
    after the last one than the service asks (10 seconds, so far), jittered.

    Args:
        client: An open client.
        batch_ids: What to wait for.
        changed: Called with a batch when it is seen first, and whenever its
            `processing_status` has changed.

    Returns:
        Each batch as it ended, or why it cannot be watched: a `NotFoundError`
        where it does not exist, or has been deleted meanwhile.

    Raises:
        APIStatusError: The service refused for another reason.
        TransportError: The connection failed, and trying again did not help.

    It may take up to 24 hours: put it into a `trio.move_on_after` block for
    less. Cancelling stops the waiting; the batches go on.
    """
    order = list(dict.fromkeys(batch_ids))
    outcomes: dict[str, MessageBatch | TrioBatchesError] = {}
    statuses: dict[str, str] = dict.fromkeys(order, "")
    while statuses:
        looks = await _look(client, list(statuses))
        for batch_id, look in looks.items():
            if isinstance(look, TrioBatchesError):
                if not isinstance(look, NotFoundError | InvalidIdError):
                    raise look
                outcomes[batch_id] = look
            elif look.batch.processing_status != statuses[batch_id]:
                statuses[batch_id] = look.batch.processing_status
                await changed(look)
            if isinstance(look, Polled) and look.batch.ended:
                outcomes[batch_id] = look.batch
        statuses = {name: status for name, status in statuses.items() if name not in outcomes}
        if statuses:
            await trio.sleep(_pause(looks.values()))
    return {batch_id: outcomes[batch_id] for batch_id in order}


async def _look(client: Client, batch_ids: list[str]) -> dict[str, Polled | TrioBatchesError]:
    """Look at batches once, in as few requests as it takes."""
    seen: dict[str, Polled | TrioBatchesError] = {}
    if len(batch_ids) > FEW:
        page = await client.messages.batches.list(limit=MAX_PAGE)
        wanted = set(batch_ids)
        for batch, raw in zip(page.data, page.raw_data, strict=True):
            if batch.id in wanted:
                seen[batch.id] = Polled(batch=batch, raw=raw, retry_after=None)
    singly = [batch_id for batch_id in batch_ids if batch_id not in seen]
    if not singly:  # lists do not say when to ask again; a batch that runs does
        singly = [batch_id for batch_id in batch_ids if _runs(seen[batch_id])][:1]
    return seen | await for_each(singly, client.messages.batches.poll)


def _runs(look: Polled | TrioBatchesError) -> bool:
    return isinstance(look, Polled) and not look.batch.ended


def _pause(looks: Iterable[Polled | TrioBatchesError]) -> float:
    """Return the longest pause that the service asks for."""
    jitter = random.random()  # noqa: S311
    return max(look.pause(jitter) for look in looks if _runs(look) and isinstance(look, Polled))
