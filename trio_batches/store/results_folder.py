"""A folder of verified results: which batches it holds, and what proves it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

from trio_batches.errors import StorageError
from trio_batches.protocol.tally import Tally
from trio_batches.store.claim import Claim
from trio_batches.store.compression import SUFFIXES, Compression, check_compression
from trio_batches.store.disk import make_folder, make_last, storage_errors, sync_folder
from trio_batches.store.part_file import Leftovers, PartFile, find_leftovers
from trio_batches.store.receipt import Receipt, load_receipt, results_path, save_receipt
from trio_batches.store.scan import Content, check_results, hash_file
from trio_batches.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trio_batches.types import MessageBatch

__all__ = ("ResultsFolder",)


@final
class ResultsFolder:
    """Results files and receipts, `<batch id>.jsonl` and `<batch id>.receipt.json`.

    Its methods do file I/O: call them in a worker thread.

    Args:
        path: The folder.
        compression: How new files are compressed; what is there is read in any case.
        sync: Wait until new files would survive a power failure.

    Raises:
        ConfigurationError: A package for the compression is missing.
    """

    def __init__(
        self, path: Path, *, compression: Compression | None = None, sync: bool = True
    ) -> None:
        check_compression(compression)
        self.path = path
        self._compression: Compression | None = compression
        self._sync = sync
        self._leftovers: Leftovers | None = None

    def make(self) -> None:
        """Make the folder, private, if it is not there, and look what downloads left in it.

        Parts that are left later are found by the next look: looking for those
        of every batch takes long in a folder of many thousands.

        Raises:
            StorageError: It cannot be made.
        """
        make_folder(self.path)
        with storage_errors(self.path):
            self._leftovers = find_leftovers(self.path)

    def claim(self, batch_id: str) -> Claim:
        """Keep other processes from downloading a batch into this folder, too.

        Half a receipt that one of them left, and that nobody can be writing now, is removed.

        Raises:
            BusyError: One of them is at it.
            StorageError: The folder cannot be written.
        """
        path = results_path(self.path, batch_id)
        claim = Claim(path.with_name(f"{path.name}.lock"), batch_id)
        for left in self._leftovers.receipts.pop(batch_id, ()) if self._leftovers else ():
            with contextlib.suppress(OSError):  # it does no harm
                left.unlink()
        return claim

    def begin(self, batch: MessageBatch) -> PartFile:
        """Begin a results file, taking over what interrupted downloads left.

        What is there of wrong results, so that nothing can complete it, is
        dropped: the service may have mended them.

        Raises:
            StorageError: The folder cannot be written.
        """
        part = self._new_part(batch)
        try:
            if self._leftovers is None:
                part.take_over()
            else:
                part.take_over(self._leftovers.parts.pop(batch.id, ()))
        except BaseException:
            part.close()
            raise
        if part.tally.hopeless:
            part.discard()
            part = self._new_part(batch)
        return part

    def _new_part(self, batch: MessageBatch) -> PartFile:
        return PartFile(self.path, batch, compression=self._compression, sync=self._sync)

    def complete(
        self, finished: Sequence[tuple[MessageBatch, PartFile]]
    ) -> list[Receipt | StorageError]:
        """Publish files whose tallies are complete, then write their receipts.

        One sync makes the names of all of them last.

        Returns:
            For each file its receipt, or why there is none: the disk is full or failing.
        """
        failures = [_failure(part.publish) for _, part in finished]
        unnamed = _failure(self._sync_names)
        return [
            failure or unnamed or self._proof_of(batch, part)
            for (batch, part), failure in zip(finished, failures, strict=True)
        ]

    def _sync_names(self) -> None:
        if self._sync:
            with storage_errors(self.path):
                sync_folder(self.path)

    def _proof_of(self, batch: MessageBatch, part: PartFile) -> Receipt | StorageError:
        path = results_path(self.path, batch.id, self._compression)
        try:
            return self._save_receipt(batch, part.tally, path, self._compression, part.content)
        except StorageError as error:
            return error

    def held(self, batch_id: str, *, deep: bool = False) -> Receipt | None:
        """Return the receipt of a batch whose file is as the receipt says; None if there is none.

        Args:
            batch_id: The batch; the service need not be asked for it.
            deep: Hash the file even if its size and time are those of the receipt.
        """
        receipt = load_receipt(self.path, batch_id)
        if receipt is None or receipt.batch_id != batch_id:
            return None
        return receipt if self.matches(receipt, deep=deep) else None

    def find(self, batch: MessageBatch, *, deep: bool = False) -> Receipt | None:
        """Return the receipt of a batch whose results are here, whole; None if they are not.

        A file that was published when its process ended before the receipt was
        written is counted now, and gets its receipt.
        """
        receipt = load_receipt(self.path, batch.id)
        if receipt is not None and receipt.proves(batch) and self._is_there(receipt):
            # A file that is not as its receipt says was changed by someone: it
            # may still count well, and yet not hold what the service sent.
            return receipt if self.matches(receipt, deep=deep) else None
        # Another process may have published it since, and have ended before its receipt: rare,
        # and then it is fetched once more. Three looks for each batch cost more than that.
        if self._leftovers is not None and batch.id not in self._leftovers.results:
            return None
        for compression in SUFFIXES:
            path = results_path(self.path, batch.id, compression)
            with storage_errors(path):
                if not path.exists():
                    continue
            tally = Tally(batch.id, batch.request_counts.results())
            content = check_results(path, tally)
            if content is not None:
                make_last(path)
                return self._save_receipt(batch, tally, path, compression, content)
        return None

    def _is_there(self, receipt: Receipt) -> bool:
        path = self.path / receipt.file
        with storage_errors(path):
            return path.exists()

    def matches(self, receipt: Receipt, *, deep: bool = False) -> bool:
        """Tell whether the file of a receipt is as it was.

        Args:
            receipt: Of a file in this folder.
            deep: Hash the file even if its size and time are those of the receipt.
        """
        path = self.path / receipt.file
        if not self._is_there(receipt):
            return False
        with storage_errors(path):
            found = path.stat()
        if found.st_size != receipt.bytes:
            return False
        if found.st_mtime_ns == receipt.modified_ns and not deep:
            return True
        return hash_file(path) == receipt.sha256

    def _save_receipt(
        self,
        batch: MessageBatch,
        tally: Tally,
        path: Path,
        compression: Compression | None,
        content: Content,
    ) -> Receipt:
        with storage_errors(path):
            found = path.stat()
            receipt = Receipt(
                batch_id=batch.id,
                file=path.name,
                bytes=found.st_size,
                modified_ns=found.st_mtime_ns,
                sha256=content.sha256,
                lines=tally.total,
                counts=tally.received,
                created_at=batch.created_at,
                ended_at=batch.ended_at,
                verified_at=datetime.now(UTC),
                version=VERSION,
                compression=compression,
                lines_bytes=content.lines_bytes if compression else None,
                lines_sha256=content.lines_sha256 if compression else None,
            )
            save_receipt(self.path, receipt)
        return receipt


def _failure(step: Callable[[], None]) -> StorageError | None:
    """Take a step, and return why it failed; None if it did not."""
    try:
        step()
    except StorageError as error:
        return error
    return None
