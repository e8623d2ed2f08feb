"""Download the results of many batches into verified files."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import (
    AuthenticationError,
    BatchNotEndedError,
    BillingError,
    PermissionDeniedError,
    SpendLimitError,
    StorageError,
    TrioBatchesError,
)
from trio_batches.jobs.lookup import look_up
from trio_batches.jobs.nursery import open_hidden_nursery
from trio_batches.jobs.progress import BatchDownload, DownloadProgress
from trio_batches.store.results_folder import ResultsFolder
from trio_batches.transport.address import id_segment
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.store.receipt import Receipt

__all__ = ("DEFAULT_CONCURRENCY", "download")

Batches = Iterable["str | MessageBatch"] | AsyncIterable["str | MessageBatch"]
"""Ids, or batches as `list()` gives them, which saves a request each."""

DEFAULT_CONCURRENCY = 8
"""Batches at a time: enough to fill a fast line, far from any limit of the service."""

_HOPELESS = (
    AuthenticationError,
    BillingError,
    PermissionDeniedError,
    SpendLimitError,
    StorageError,
)
"""What fails one batch like this would fail all of them."""


async def download(
    client: Client,
    batches: Batches,
    folder: Path,
    *,
    concurrency: int = DEFAULT_CONCURRENCY,
    progress: DownloadProgress | None = None,
) -> DownloadProgress:
    """Download results into `<folder>/<batch id>.jsonl`, with a receipt beside each.

    A file has its final name only when every result that the batch counts is in
    it, once; it is synced to the disk before its receipt is written. A batch
    whose verified file is there already costs no request. What an interrupted
    download left is taken over. One batch's failure does not stop the others,
    unless it would be theirs too: a refused key, a spend limit, a full disk.

    Args:
        client: An open client.
        batches: Ids, or batches as `list()` gives them, which saves a request each.
        folder: Where the files go; made, and private, if it is not there.
        concurrency: How many batches at a time.
        progress: Updated while the job runs; give one to look at it meanwhile.

    Returns:
        The progress, complete: every batch with its receipt or its error.

    Raises:
        StorageError: The folder cannot be made.
        ValueError: The concurrency is less than 1.

    What an iterable of batches raises comes out too, but for the library's own
    errors: those let the downloads that run finish, and are in the progress.

    Cancelling keeps what has come so far for the next run.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}: at least 1 batch at a time")
    results = ResultsFolder(folder)
    await trio.to_thread.run_sync(results.make)
    job = _Download(client, results, progress)
    await job.run(batches, concurrency)
    return job.progress


@final
class _Download:
    def __init__(
        self, client: Client, folder: ResultsFolder, progress: DownloadProgress | None
    ) -> None:
        self._client = client
        self._folder = folder
        self.progress = DownloadProgress() if progress is None else progress
        self._scope = trio.CancelScope()

    async def run(self, batches: Batches, concurrency: int) -> None:
        sender, receiver = trio.open_memory_channel[str | MessageBatch](0)
        try:
            with self._scope, receiver:
                async with open_hidden_nursery() as nursery:
                    nursery.start_soon(self._hand_out, batches, sender)
                    for _ in range(concurrency):
                        nursery.start_soon(self._work, receiver.clone())
        finally:
            for entry in self.progress.batches.values():
                if entry.state in ("waiting", "running"):
                    entry.state = "interrupted"

    async def _hand_out(
        self, batches: Batches, sender: trio.MemorySendChannel[str | MessageBatch]
    ) -> None:
        with sender:
            try:
                if isinstance(batches, AsyncIterable):
                    async for batch in batches:
                        await sender.send(batch)
                else:
                    for batch in batches:
                        await sender.send(batch)
            except TrioBatchesError as error:  # what is running may still finish
                self.progress.stopped_by = error
            else:
                self.progress.listed = True

    async def _work(self, receiver: trio.MemoryReceiveChannel[str | MessageBatch]) -> None:
        with receiver:
            async for batch in receiver:
                batch_id = batch if isinstance(batch, str) else batch.id
                if batch_id in self.progress.batches:
                    continue
                entry = self.progress.batches[batch_id] = BatchDownload(batch_id)
                try:
                    await self._download(batch, entry)
                except TrioBatchesError as error:
                    entry.state, entry.error = "failed", error
                    if isinstance(error, _HOPELESS):
                        self.progress.stopped_by = error
                        self._scope.cancel()

    async def _download(self, batch: str | MessageBatch, entry: BatchDownload) -> None:
        entry.state = "running"
        id_segment(entry.batch_id)  # it becomes a file's name
        if isinstance(batch, str):
            batch = await look_up(self._client, batch)
        if not batch.ended:
            raise BatchNotEndedError(batch.id, batch.processing_status)
        entry.expected = batch.request_counts.total
        receipt = await trio.to_thread.run_sync(self._folder.find, batch)
        if receipt is not None:
            entry.state = "present"
        else:
            receipt = await self._fetch(batch, entry)
            entry.state = "downloaded"
        entry.receipt, entry.lines, entry.bytes = receipt, receipt.lines, receipt.bytes

    async def _fetch(self, batch: MessageBatch, entry: BatchDownload) -> Receipt:
        part = await trio.to_thread.run_sync(self._folder.begin, batch)
        try:
            entry.lines, entry.bytes = part.tally.total, part.bytes
            async with self._client.messages.batches.results(batch, tally=part.tally) as results:
                async for block in results.line_blocks():
                    await part.write(block)
                    entry.lines = part.tally.total
                    entry.bytes += len(block)
                    entry.received += len(block)
            return await trio.to_thread.run_sync(self._folder.complete, batch, part)
        finally:
            part.close()
