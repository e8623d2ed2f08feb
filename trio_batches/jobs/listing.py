"""List batches faster than page after page, from what is known of the list already."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from trio_batches.errors import BadRequestError, NotFoundError, TrioBatchesError
from trio_batches.jobs.each import for_each
from trio_batches.protocol.limits import MAX_PAGE, PROCESSING_WINDOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches.client import Client, Page
    from trio_batches.types import MessageBatch

__all__ = ("PAGES_AT_ONCE", "Landmark", "list_everything", "list_recent", "list_until")

Listed: TypeAlias = "dict[str, tuple[MessageBatch, bytes]]"
"""Batches by id, newest first, each with its JSON."""


PAGES_AT_ONCE = 20
"""Where the whole list is asked for: what one page costs the service and us is little beside
the time that it is on its way."""


_LOOK_BACK = PROCESSING_WINDOW + timedelta(hours=1)


_TRIES = 100
"""How many cursors in a row may be gone before it must be something else."""


class Landmark(msgspec.Struct, frozen=True):
    """A batch that was in the list when it was last looked at."""

    id: str
    created_at: datetime


async def list_until(client: Client, oldest: datetime, *, page_size: int = MAX_PAGE) -> Listed:
    """List the batches that are not older than a moment, page after page."""
    return await _walk(client, [None], Landmark("", oldest), page_size)


async def list_recent(client: Client) -> Listed:
    """List every batch that may still run, and what else was made a day before the newest one.

    By the service's clock alone: this machine's may be wrong.
    """
    page = await _page_after(client, [None], MAX_PAGE)
    if not page.data:
        return {}
    end = Landmark("", page.data[0].created_at - _LOOK_BACK)
    return await _walk_on(client, page, end, MAX_PAGE)


async def list_everything(
    client: Client,
    known: Sequence[Landmark],
    *,
    page_size: int = MAX_PAGE,
    concurrency: int = PAGES_AT_ONCE,
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
    # Behind the last one that is known there is nothing, as a rule: that takes no page of its own.
    cuts: list[Landmark | None] = [None, *known[page_size - 1 : -1 : page_size], None]
    segments = await for_each(
        pairwise(cuts),
        lambda cut: _walk(client, [None if cut[0] is None else cut[0].id], cut[1], page_size),
        concurrency=concurrency,
    )
    listed: Listed = {}
    for (start, end), segment in segments.items():
        if isinstance(segment, TrioBatchesError):
            if start is None or not isinstance(segment, BadRequestError | NotFoundError):
                raise segment
            listed |= await _walk(client, [*_last(listed), None], end, page_size)
        else:
            listed |= segment
    return listed


async def _walk(
    client: Client, starts: Sequence[str | None], end: Landmark | None, page_size: int
) -> Listed:
    """List from after the first start that is still there until a batch, or where it was.

    A batch that is deleted while it is the cursor is made up for by the one before it.
    """
    return await _walk_on(client, await _page_after(client, starts, page_size), end, page_size)


async def _walk_on(
    client: Client, page: Page[MessageBatch], end: Landmark | None, page_size: int
) -> Listed:
    listed: Listed = {}
    while True:
        items = zip(page.data, page.raw_data, strict=True)
        found, reached = _until(end, {item[0].id: item for item in items})
        listed |= found
        info = page.next_page_info()
        if reached or info is None:
            return listed
        page = await _page_after(client, [info["after_id"], *_last(listed)], page_size)


def _until(end: Landmark | None, found: Listed) -> tuple[Listed, bool]:
    """Return what stands before the end, and whether that was reached."""
    if end is None or not found:
        return found, False
    last, _ = next(reversed(found.values()))
    if last.id == end.id or last.created_at > end.created_at:  # as good as always
        return found, last.id == end.id
    before: Listed = {}
    for batch, raw in found.values():
        if batch.created_at < end.created_at:
            return before, True
        before[batch.id] = (batch, raw)
        if batch.id == end.id:
            return before, True
    return found, False


def _last(listed: Listed) -> list[str]:
    """Return the batches to go on from, should the very last one be gone: not all of them."""
    return list(islice(reversed(listed), _TRIES))


async def _page_after(
    client: Client, cursors: Sequence[str | None], page_size: int
) -> Page[MessageBatch]:
    *others, last = cursors
    for cursor in others:
        with suppress(BadRequestError, NotFoundError):  # it is gone
            return await client.messages.batches.list(after_id=cursor, limit=page_size)
    return await client.messages.batches.list(after_id=last, limit=page_size)
