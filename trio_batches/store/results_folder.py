"""A folder of verified results: which batches it holds, and what proves it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

from trio_batches.protocol.tally import Tally
from trio_batches.store.claim import Claim
from trio_batches.store.disk import make_folder, make_last, storage_errors
from trio_batches.store.part_file import PartFile
from trio_batches.store.receipt import Receipt, load_receipt, results_path, save_receipt
from trio_batches.store.scan import check_results, hash_file
from trio_batches.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.types import MessageBatch

__all__ = ("ResultsFolder",)


@final
class ResultsFolder:
    """Results files and receipts, `<batch id>.jsonl` and `<batch id>.receipt.json`.

    Its methods do file I/O: call them in a worker thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folder, private, if it is not there.

        Raises:
            StorageError: It cannot be made.
        """
        make_folder(self.path)

    def claim(self, batch_id: str) -> Claim:
        """Keep other processes from downloading a batch into this folder, too.

        Raises:
            BusyError: One of them is at it.
            StorageError: The folder cannot be written.
        """
        path = results_path(self.path, batch_id)
        return Claim(path.with_name(f"{path.name}.lock"), batch_id)

    def begin(self, batch: MessageBatch) -> PartFile:
        """Begin a results file, taking over what interrupted downloads left.

        What is there of wrong results, so that nothing can complete it, is
        dropped: the service may have mended them.

        Raises:
            StorageError: The folder cannot be written.
        """
        part = PartFile(self.path, batch)
        try:
            part.take_over()
        except BaseException:
            part.close()
            raise
        if part.tally.hopeless:
            part.discard()
            part = PartFile(self.path, batch)
        return part

    def complete(self, batch: MessageBatch, part: PartFile) -> Receipt:
        """Publish a file whose tally is complete, then write its receipt.

        Raises:
            StorageError: The disk is full or failing: there is no file, or no receipt.
        """
        part.publish()
        return self._save_receipt(batch, part.tally, part.sha256)

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
        path = results_path(self.path, batch.id)
        with storage_errors(path):
            if not path.exists():
                return None
        receipt = load_receipt(self.path, batch.id)
        if receipt is not None and receipt.proves(batch):
            # A file that is not as its receipt says was changed by someone: it
            # may still count well, and yet not hold what the service sent.
            return receipt if self.matches(receipt, deep=deep) else None
        tally = Tally(batch.id, batch.request_counts.results())
        digest = check_results(path, tally)
        if digest is None:
            return None
        make_last(path)
        return self._save_receipt(batch, tally, digest)

    def matches(self, receipt: Receipt, *, deep: bool = False) -> bool:
        """Tell whether the file of a receipt is as it was.

        Args:
            receipt: Of a file in this folder.
            deep: Hash the file even if its size and time are those of the receipt.
        """
        path = results_path(self.path, receipt.batch_id)
        with storage_errors(path):
            if not path.exists():
                return False
            found = path.stat()
        if found.st_size != receipt.bytes:
            return False
        if found.st_mtime_ns == receipt.modified_ns and not deep:
            return True
        return hash_file(path) == receipt.sha256

    def _save_receipt(self, batch: MessageBatch, tally: Tally, sha256: str) -> Receipt:
        path = results_path(self.path, batch.id)
        with storage_errors(path):
            found = path.stat()
            receipt = Receipt(
                batch_id=batch.id,
                file=path.name,
                bytes=found.st_size,
                modified_ns=found.st_mtime_ns,
                sha256=sha256,
                lines=tally.total,
                counts=tally.received,
                created_at=batch.created_at,
                ended_at=batch.ended_at,
                verified_at=datetime.now(UTC),
                version=VERSION,
            )
            save_receipt(self.path, receipt)
        return receipt
