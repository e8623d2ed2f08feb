"""Delete batches from the service, once their results are safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from trio_batches.errors import BatchNotEndedError, NotVerifiedError
from trio_batches.jobs.lookup import look_up
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
        BatchNotEndedError: The batch still runs; nothing was deleted.
        NotFoundError: There is no such batch.
        StorageError: The folder cannot be read.

    Cancelled while the request is on its way, it may still delete the batch.
    """
    batch = await look_up(client, batch_id)
    if not batch.ended:  # it may end before the service has acted
        first = "" if batch.processing_status == "canceling" else "cancel it first, or "
        what = f"nothing was deleted; {first}wait for its results"
        raise BatchNotEndedError(batch_id, batch.processing_status, what)
    if not unverified:
        found = await trio.to_thread.run_sync(ResultsFolder(folder).find, batch)
        if found is None:
            raise NotVerifiedError(batch_id, str(folder))
    return await client.messages.batches.delete(batch_id)
