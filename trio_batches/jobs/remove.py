"""Delete batches from the service, once their results are safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from trio_batches.errors import NotVerifiedError
from trio_batches.store.results_folder import ResultsFolder

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.types import DeletedMessageBatch

__all__ = ("remove",)


async def remove(
    client: Client, batch_id: str, folder: Path, *, unverified: bool = False
) -> DeletedMessageBatch:
    """Delete an ended batch and its results from the service, for good.

    Args:
        client: An open client.
        batch_id: The batch.
        folder: Where the verified copy of its results must be.
        unverified: Delete it without one.

    Raises:
        NotVerifiedError: There is no verified copy; nothing was deleted.
        BadRequestError: The batch has not ended: cancel it first.
        NotFoundError: There is no such batch.

    Cancelled while the request is on its way, it may still delete the batch.
    """
    batch = await client.messages.batches.retrieve(batch_id)
    if not unverified and batch.ended:
        results = await trio.to_thread.run_sync(ResultsFolder, folder)
        if await trio.to_thread.run_sync(results.find, batch) is None:
            raise NotVerifiedError(batch.id, str(folder))
    return await client.messages.batches.delete(batch.id)
