"""Get the results of one batch into a folder, whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import BatchNotEndedError
from trio_batches.jobs.finishing import Finishing, Whole
from trio_batches.jobs.lookup import look_up
from trio_batches.store.receipt import Receipt
from trio_batches.store.write_behind import open_write_behind
from trio_batches.transport.address import id_segment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.client.results import Blocks
    from trio_batches.jobs.pace import Meter
    from trio_batches.jobs.progress import BatchDownload, DownloadProgress
    from trio_batches.store.claim import Claim
    from trio_batches.store.part_file import PartFile
    from trio_batches.store.results_folder import ResultsFolder
    from trio_batches.types import MessageBatch

__all__ = ("Fetch",)


@final
class Fetch:
    """Fetches batch after batch into one folder; several tasks may call it at once.

    Args:
        client: An open client.
        folder: Where the files go.
        progress: Counts all that comes.
        meter: Learns how long the disk takes.
        recheck: Hash files that are there already, too.
    """

    def __init__(
        self,
        client: Client,
        folder: ResultsFolder,
        progress: DownloadProgress,
        meter: Meter,
        *,
        recheck: bool,
    ) -> None:
        self._client = client
        self._folder = folder
        self._progress = progress
        self._meter = meter
        self._recheck = recheck
        self._finishing = Finishing(folder)

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return self._folder.path

    async def look(self, batch: str | MessageBatch, entry: BatchDownload) -> MessageBatch | None:
        """Return the ended batch that is to be fetched; None if its verified file is there.

        Raises:
            TrioBatchesError: It cannot be had.
        """
        entry.started = datetime.now(UTC)
        id_segment(entry.batch_id)  # it becomes a file's name
        if isinstance(batch, str):
            if await self.is_there(entry):
                return None
            batch = await look_up(self._client, batch)
        if not batch.ended:
            raise BatchNotEndedError(batch.id, batch.processing_status)
        entry.expected = batch.request_counts.total
        return batch

    async def is_there(self, entry: BatchDownload) -> bool:
        """Tell whether a batch's verified file is in the folder by now; asks nobody."""
        receipt = await trio.to_thread.run_sync(
            lambda: self._folder.held(entry.batch_id, deep=self._recheck)
        )
        if receipt is not None:
            entry.accept(receipt, self.folder, "present")
        return receipt is not None

    async def run(
        self, batch: MessageBatch, entry: BatchDownload, streamed: Callable[[], None]
    ) -> None:
        """Bring a batch's verified file into the folder, or see that it is there.

        Args:
            batch: As `look` has returned it.
            entry: Its progress.
            streamed: Called when nothing more comes from the service: the disk can
                be waited for while the next download runs.

        Raises:
            BusyError: Another process is fetching it.
            TrioBatchesError: It cannot be had; what came of it is kept in a part.
        """
        entry.state = "running"
        begun = await trio.to_thread.run_sync(self._begin, batch)
        if isinstance(begun, Receipt):
            entry.accept(begun, self.folder, "present")
            return
        claim, part = begun
        entry.part = part.path
        try:
            await self._stream(batch, part, entry)
            await self._finishing.finish(Whole(batch, entry, part, claim, streamed))
        finally:
            part.close()
            claim.release()

    def _begin(self, batch: MessageBatch) -> Receipt | tuple[Claim, PartFile]:
        """Find the file, or begin it. To be called in a worker thread."""
        claim = self._folder.claim(batch.id)
        try:
            receipt = self._folder.find(batch, deep=self._recheck)
            if receipt is None:
                return claim, self._folder.begin(batch)
        except BaseException:
            claim.release()
            raise
        claim.release()
        return receipt

    async def _stream(self, batch: MessageBatch, part: PartFile, entry: BatchDownload) -> None:
        entry.lines, entry.bytes = part.tally.total, part.bytes
        async with self._client.messages.batches.results(batch, tally=part.tally) as results:
            blocks = results.line_blocks()
            try:
                async for block in blocks:
                    part.add(block)
                    self._count(block, part, entry)
                    if part.is_full:  # most never are: their few lines are written at the end
                        await self._write_behind(blocks, part, entry)
            finally:
                entry.attempts, entry.request_id = results.readings, results.request_id

    async def _write_behind(
        self, blocks: Blocks[bytes], part: PartFile, entry: BatchDownload
    ) -> None:
        """Write what has come while more of it comes."""
        async with open_write_behind(part) as behind:
            async for block in blocks:
                before = trio.current_time()
                await behind.write(block)
                self._meter.disk_seconds += trio.current_time() - before
                self._count(block, part, entry)

    def _count(self, block: bytes, part: PartFile, entry: BatchDownload) -> None:
        entry.received += len(block)
        entry.bytes += len(block)
        entry.lines = part.tally.total
        self._progress.received += len(block)
        self._meter.received += len(block)
