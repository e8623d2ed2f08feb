"""Write down what became of downloads: in the folder's manifest and in the ledger."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import StorageError
from trio_batches.store.manifest import ManifestLine, append_manifest
from trio_batches.store.path_text import path_text
from trio_batches.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trio_batches.jobs.progress import BatchDownload
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.receipt import Receipt

__all__ = ("Outcomes", "manifest_line")

_log = logging.getLogger("trio_batches")


@final
class Outcomes:
    """Collects outcomes while others are written, so that many share one commit.

    The ledger is an index that can be made again: where it fails, downloads go on.
    """

    def __init__(self, folder: Path, ledger: Ledger | None) -> None:
        self._folder = folder
        self._ledger = ledger
        self._lines: list[ManifestLine] = []
        self._receipts: list[Receipt] = []
        self._writing = False

    async def add(self, entries: Iterable[BatchDownload]) -> None:
        """Write down what became of batches, or leave it to the task that is writing.

        What was downloaded is in the manifest by now, and where a file was there
        already, nothing was done that could be written into it.

        Raises:
            StorageError: The disk is full or failing.
        """
        for entry in entries:
            if entry.state in ("failed", "interrupted"):
                self._lines.append(manifest_line(self._folder, entry))
            if entry.receipt is not None and self._ledger is not None:
                self._receipts.append(entry.receipt)
        if self._writing:
            return
        self._writing = True
        try:
            while self._lines or self._receipts:
                await self._write()
        finally:
            self._writing = False

    async def _write(self) -> None:
        lines, receipts = list(self._lines), list(self._receipts)
        if lines:
            await trio.to_thread.run_sync(append_manifest, self._folder, lines)
            del self._lines[: len(lines)]
        if receipts and self._ledger is not None:
            await self._record(self._ledger, receipts)
        del self._receipts[: len(receipts)]

    async def _record(self, ledger: Ledger, receipts: list[Receipt]) -> None:
        try:
            await ledger.record_downloads(receipts, self._folder)
        except StorageError as error:
            self._ledger = None
            _log.warning("%s; the downloads go on without the ledger", error)


def manifest_line(folder: Path, entry: BatchDownload) -> ManifestLine:
    """Return the line of a batch in a folder's manifest."""
    receipt, now = entry.receipt, datetime.now(UTC)
    return ManifestLine(
        id=entry.batch_id,
        result=entry.state,
        error=None if entry.error is None else str(entry.error),
        path=None if receipt is None else path_text(folder / receipt.file),
        bytes=entry.bytes if receipt is None else receipt.bytes,
        lines={} if receipt is None else receipt.counts,
        sha256=None if receipt is None else receipt.sha256,
        request_id=entry.request_id,
        attempts=entry.attempts,
        started=entry.started or now,
        ended=now,
        version=VERSION,
    )
