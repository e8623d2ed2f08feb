"""Ask the service for a batch, and trust the answer only so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.errors import ProtocolError

if TYPE_CHECKING:
    from trio_batches.client import Client
    from trio_batches.types import MessageBatch

__all__ = ("look_up",)


async def look_up(client: Client, batch_id: str) -> MessageBatch:
    """Return the batch of an id, which will name files or be deleted.

    Raises:
        ProtocolError: The service answered with another batch.
        APIStatusError: It refused.
    """
    batch = await client.messages.batches.retrieve(batch_id)
    if batch.id != batch_id:
        raise ProtocolError(f"{batch_id}: the service answered with another batch, {batch.id!r}")
    return batch
