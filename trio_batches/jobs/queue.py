"""How much the service may have to do at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import trio

from trio_batches.jobs.listing import list_recent

if TYPE_CHECKING:
    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("QUEUE_LIMIT", "Queue")

QUEUE_LIMIT = 200_000
"""Requests that may wait at a time in the lowest tier. Source: rate limits of the batches API."""

LOOK_SECONDS = 30.0
UNLISTED_SECONDS = 600.0
"""How long a new batch is counted although lists do not show it."""


@final
class Queue:
    """Lets a create pass while the workspace's unfinished requests leave room for it.

    Args:
        client: An open client.
        limit: Requests that may be unfinished at a time.
    """

    def __init__(self, client: Client, limit: int) -> None:
        self._client = client
        self._limit = limit
        self._turn: trio.Lock = trio.Lock()
        self._on_their_way = 0
        self._created: dict[str, tuple[int, float]] = {}

    async def take(self, requests: int) -> list[MessageBatch]:
        """Wait until there is room, and take it; return the newest batches.

        A batch that is larger than the whole queue passes when nothing else waits.
        """
        async with self._turn:
            while True:
                listed = await list_recent(self._client)
                batches = [batch for batch, _ in listed.values()]
                waiting = self._unfinished(batches) + self._on_their_way
                if waiting == 0 or waiting + requests <= self._limit:
                    self._on_their_way += requests
                    return batches
                await trio.sleep(LOOK_SECONDS)

    def give_back(self, requests: int) -> None:
        """Give back what `take` took: the create is over."""
        self._on_their_way -= requests

    def note(self, batch: MessageBatch) -> None:
        """Count a new batch until lists show it."""
        self._created[batch.id] = (batch.request_counts.total, trio.current_time())

    def _unfinished(self, batches: list[MessageBatch]) -> int:
        long_ago = trio.current_time() - UNLISTED_SECONDS
        for batch in batches:
            self._created.pop(batch.id, None)
        unlisted = sum(size for size, since in self._created.values() if since > long_ago)
        return unlisted + sum(batch.request_counts.processing for batch in batches)
