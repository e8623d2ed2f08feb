"""How much the service may have to do at a time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, final

import trio

from trio_batches.jobs.listing import list_until
from trio_batches.protocol.limits import PROCESSING_WINDOW

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trio_batches.client import Client

__all__ = ("QUEUE_LIMIT", "Queue")

QUEUE_LIMIT = 200_000
"""Requests that may wait at a time in the lowest tier. Source: rate limits of the batches API."""

LOOK_SECONDS = 30.0
_LOOK_BACK = PROCESSING_WINDOW + timedelta(hours=1)


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

    @asynccontextmanager
    async def room_for(self, requests: int) -> AsyncGenerator[None]:
        """Wait until there is room, and hold it while the block lasts.

        A batch that is larger than the whole queue passes when nothing else waits.
        """
        async with self._turn:
            while not self._fits(requests, await self._unfinished()):  # noqa: ASYNC110  # elsewhere
                await trio.sleep(LOOK_SECONDS)
            self._on_their_way += requests
        try:
            yield
        finally:
            self._on_their_way -= requests

    def _fits(self, requests: int, unfinished: int) -> bool:
        waiting = unfinished + self._on_their_way
        return waiting == 0 or waiting + requests <= self._limit

    async def _unfinished(self) -> int:
        listed = await list_until(self._client, datetime.now(UTC) - _LOOK_BACK)
        return sum(batch.request_counts.processing for batch, _ in listed.values())
