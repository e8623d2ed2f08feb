"""Find the batch of a create whose reply was lost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from trio_batches.protocol.limits import MAX_PAGE

if TYPE_CHECKING:
    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("Watermark", "find_candidates", "read_watermark")


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """The newest batch of the workspace before anything was sent.

    Both times compared with it are the service's own, so no clock of this
    machine can hide a batch.
    """

    batch_id: str | None = None
    created_at: datetime | None = None

    def stands_before(self, batch: MessageBatch) -> bool:
        """Tell whether a batch may have been made since."""
        if batch.id == self.batch_id:
            return False
        return self.created_at is None or batch.created_at >= self.created_at


async def read_watermark(client: Client) -> Watermark:
    """Ask for the newest batch."""
    page = await client.messages.batches.list(limit=1)
    if not page.data:
        return Watermark()
    return Watermark(batch_id=page[0].id, created_at=page[0].created_at)


async def find_candidates(
    client: Client, requests: int, watermark: Watermark
) -> list[tuple[MessageBatch, bytes]]:
    """Return the batches that a lost create may have made.

    Args:
        client: An open client.
        requests: How many requests the batch would have.
        watermark: From before the create was sent.
    """
    found: list[tuple[MessageBatch, bytes]] = []
    page = await client.messages.batches.list(limit=MAX_PAGE)
    while True:
        for batch, raw in zip(page.data, page.raw_data, strict=True):
            if not watermark.stands_before(batch):
                return found
            if batch.request_counts.total == requests:
                found.append((batch, raw))
        if not page.has_next_page():
            return found
        page = await page.get_next_page()
