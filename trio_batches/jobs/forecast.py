"""How much room results will take, before they come."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

import msgspec

from trio_batches.errors import StorageError
from trio_batches.store.disk import storage_errors
from trio_batches.store.receipt import load_receipt

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("Forecast", "forecast")

SAMPLE = 100
"""Receipts to look at: results of one user are much alike."""

_RECEIPT = ".receipt.json"


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What downloads into a folder will need, and what is there."""

    bytes_per_line: float | None
    """On the average of what the folder holds; None where it holds nothing yet."""

    free: int
    """Bytes that files of this user can still take."""

    def bytes(self, lines: int) -> int | None:
        """Return how many bytes so many results will take; None if nobody knows."""
        return None if self.bytes_per_line is None else round(lines * self.bytes_per_line)


def forecast(folder: Path) -> Forecast:
    """Look at a folder's receipts and at the disk. To be called in a worker thread.

    Raises:
        StorageError: The folder cannot be read.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    with storage_errors(folder):
        names = os.listdir(folder) if there == folder else []  # noqa: PTH208
        free = shutil.disk_usage(there).free
    receipts = (name.removesuffix(_RECEIPT) for name in names if name.endswith(_RECEIPT))
    lines = size = 0
    for _, batch_id in zip(range(SAMPLE), receipts, strict=False):
        with contextlib.suppress(StorageError):  # the others tell enough
            receipt = load_receipt(folder, batch_id)
            if receipt is not None:
                lines += receipt.lines
                size += receipt.bytes
    return Forecast(bytes_per_line=size / lines if lines else None, free=free)
