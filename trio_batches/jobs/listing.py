"""List batches faster than page after page, from what is known of the list already."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from trio_batches.errors import BadRequestError, NotFoundError, TrioBatchesError
from trio_batches.jobs.each import for_each
from trio_batches.protocol.limits import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("Landmark", "list_everything", "list_until")

Listed: TypeAlias = "dict[str, tuple[MessageBatch, bytes]]"
"""Batches by id, newest first, each with its JSON."""


class Landmark(msgspec.Struct, frozen=True):
    """A batch that was in the list when it was last looked at."""

    id: str
    created_at: datetime


async def list_until(
    client: Client, oldest: datetime | None, *, page_size: int = MAX_PAGE
) -> Listed:
    """List the batches that are not older than a moment (None: all), page after page."""
    end = None if oldest is None else Landmark("", oldest)
    return await _walk(client, None, end, page_size)


async def list_everything(
    client: Client, known: Sequence[Landmark], *, page_size: int = MAX_PAGE, concurrency: int = 8
) -> Listed:
    """List all batches, many pages at a time.

    The list is cut at batches that are known: each is a cursor from which a
    segment is walked until the next one. Batches that have come since are in
    the first segment, or wherever they had been missed; where a cursor has been
    deleted, its segment is walked from the last batch before it.

    Args:
        client: An open client.
        known: Batches of an earlier listing, newest first.
        page_size: Batches a page, 1 to 1,000.
        concurrency: Pages to ask for at a time.

    Raises:
        APIStatusError: The service refused.
        TransportError: The connection failed, and trying again did not help.
    """
    cuts: list[Landmark | None] = [None, *known[page_size - 1 :: page_size], None]
    segments = await for_each(
        pairwise(cuts),
        lambda cut: _walk(client, cut[0], cut[1], page_size),
        concurrency=concurrency,
    )
    listed: Listed = {}
    for (start, end), segment in segments.items():
        if isinstance(segment, TrioBatchesError):
            if start is None or not isinstance(segment, BadRequestError | NotFoundError):
                raise segment
            listed |= await _walk_without(client, listed, end, page_size)
        else:
            listed |= segment
    return listed


async def _walk_without(
    client: Client, listed: Listed, end: Landmark | None, page_size: int
) -> Listed:
    """Walk a segment whose cursor is gone, from the last batch before it that is still there."""
    for batch, _ in reversed(listed.values()):
        try:
            return await _walk(client, Landmark(batch.id, batch.created_at), end, page_size)
        except (BadRequestError, NotFoundError):
            continue  # gone as well by now
    return await _walk(client, None, end, page_size)


async def _walk(
    client: Client, start: Landmark | None, end: Landmark | None, page_size: int
) -> Listed:
    """List from after one batch until another one, or the place where it was."""
    listed: Listed = {}
    after_id = None if start is None else start.id
    page = await client.messages.batches.list(after_id=after_id, limit=page_size)
    while True:
        for batch, raw in zip(page.data, page.raw_data, strict=True):
            if end is not None and batch.created_at < end.created_at:
                return listed
            listed[batch.id] = (batch, raw)
            if end is not None and batch.id == end.id:
                return listed
        if not page.has_next_page():
            return listed
        page = await page.get_next_page()
