"""The proof that a results file is whole: what was counted while it was written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.compression import SUFFIXES, Compression
from trio_batches.store.disk import storage_errors, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.types import MessageBatch

__all__ = ("Receipt", "load_receipt", "receipt_path", "results_path", "save_receipt")


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Stands beside a results file; written after it, never without it."""

    batch_id: str
    file: str
    """The results file's name, in the same folder."""

    bytes: int
    modified_ns: int
    """The file's time of modification, to see at a glance whether it was touched."""

    sha256: str
    lines: int
    counts: dict[str, int]
    """Results of each type, each `custom_id` counted once; they match the batch's counts."""

    created_at: datetime
    """When the service took the batch."""

    ended_at: datetime | None
    verified_at: datetime
    version: str
    """The version of this library that counted."""

    compression: Compression | None = None
    """How the file is compressed; `bytes` and `sha256` are the file's own."""

    lines_bytes: int | None = None
    """Of the lines, where the file is compressed."""

    lines_sha256: str | None = None
    """Of the lines, where the file is compressed."""

    def proves(self, batch: MessageBatch) -> bool:
        """Tell whether this is the receipt of a batch, with the counts that the batch has."""
        expected = batch.request_counts.results()
        return self.batch_id == batch.id and all(
            self.counts.get(kind, 0) == count for kind, count in expected.items()
        )


def results_path(folder: Path, batch_id: str, compression: Compression | None = None) -> Path:
    """Return where the results of a batch are, or will be."""
    return folder / f"{batch_id}.jsonl{SUFFIXES[compression]}"


def receipt_path(folder: Path, batch_id: str) -> Path:
    """Return where the receipt of a batch's results is, or will be."""
    return folder / f"{batch_id}.receipt.json"


def load_receipt(folder: Path, batch_id: str) -> Receipt | None:
    """Read the receipt of a batch; None if there is none, or nothing that can be one.

    The file that it names is one that this batch can have, in the same folder.

    Raises:
        StorageError: It is there, but cannot be read.
    """
    path = receipt_path(folder, batch_id)
    try:
        with storage_errors(path):
            content = path.read_bytes() if path.exists() else b""
        receipt = msgspec.json.decode(content, type=Receipt)
    except msgspec.MsgspecError:
        return None
    own = results_path(folder, receipt.batch_id, receipt.compression).name
    return receipt if receipt.file == own else None


def save_receipt(folder: Path, receipt: Receipt) -> None:
    """Write a receipt; its results file is in place and synced already.

    The receipt is not: one that a power failure takes is made again from the file.
    """
    content = msgspec.json.format(msgspec.json.encode(receipt), indent=2)
    write_whole(receipt_path(folder, receipt.batch_id), content + b"\n")
