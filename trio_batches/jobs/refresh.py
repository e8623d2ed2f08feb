"""Bring what the ledger knows of batches up to date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from trio_batches.jobs.listing import PAGES_AT_ONCE, Landmark, list_everything, list_until
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from trio_batches.client import Client
    from trio_batches.store.ledger import Ledger

__all__ = ("Refreshed", "refresh")


HEAD_PAGE = 100
"""Batches a page where only the newest are asked for."""

MAY_BE_UNLISTED = timedelta(minutes=10)
"""An unfinished batch younger than this may be missing from the list without being gone."""


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What a refresh found."""

    seen: int
    """Batches that the service was asked for."""

    new: tuple[str, ...]
    """Batches that the ledger did not know."""

    changed: tuple[str, ...]
    """Batches whose status is another one now."""

    gone: tuple[str, ...]
    """Batches that the service no longer has."""


async def refresh(
    client: Client, ledger: Ledger, *, full: bool = False, concurrency: int = PAGES_AT_ONCE
) -> Refreshed:
    """Ask the service for what is new and for what can still change.

    Without `full`, that is the beginning of the list, down to the oldest batch
    that had not ended when it was last seen. With it, or while the ledger is
    empty, it is the whole list, many pages at a time, and what is not in it any
    more is marked as gone.

    Args:
        client: An open client.
        ledger: An open ledger.
        full: Ask for all batches.
        concurrency: Pages to ask for at a time.

    Raises:
        APIStatusError: The service refused.
        TransportError: The connection failed, and trying again did not help.
        StorageError: The ledger cannot be written.

    Cancelling leaves the ledger as it was, or with some of what was found.
    """
    began = datetime.now(UTC)
    known = await ledger.batches(gone=False)
    over: dict[str, bytes] = {}
    if full or not known:
        landmarks = [Landmark(batch.id, batch.created_at) for batch in known]

        async def look_up() -> None:
            over.update(await ledger.raw(batch.id for batch in known if batch.ended))

        async with open_hidden_nursery() as nursery:
            nursery.start_soon(look_up)
            listed = await list_everything(client, landmarks, concurrency=concurrency)
        reached = None
    else:
        reached = min(
            (batch.created_at for batch in known if not batch.ended), default=known[0].created_at
        )
        listed = await list_until(client, reached, page_size=HEAD_PAGE)
    # Nearly all of a long list has ended, and is told again as it stands in the ledger.
    told = [(batch, raw) for batch, raw in listed.values() if over.get(batch.id) != raw]
    await ledger.save_batches(told, seen_at=began)
    gone = [
        batch.id
        for batch in known
        if batch.id not in listed
        and (reached is None or batch.created_at >= reached)
        and (batch.ended or began - batch.created_at > MAY_BE_UNLISTED)
    ]
    await ledger.mark_gone(gone, at=began)
    before = {batch.id: batch.status for batch in known}
    return Refreshed(
        seen=len(listed),
        new=tuple(batch.id for batch, _ in told if batch.id not in before),
        changed=tuple(
            batch.id
            for batch, _ in told
            if before.get(batch.id, batch.processing_status) != batch.processing_status
        ),
        gone=tuple(gone),
    )
