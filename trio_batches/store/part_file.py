"""A results file on its way: written under a name of its own until it is whole."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple, final

from trio_batches.errors import StorageError
from trio_batches.protocol.tally import Tally
from trio_batches.store.compression import open_compressor
from trio_batches.store.disk import create_file, start_sync, storage_errors, write_all
from trio_batches.store.lock import try_lock
from trio_batches.store.receipt import results_path
from trio_batches.store.scan import Content, read_results

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trio_batches.store.compression import Compression
    from trio_batches.types import MessageBatch

__all__ = ("Leftovers", "PartFile", "find_leftovers")

WRITE_BYTES = 1 << 20
"""Bytes from which on a file gets a thread of its own, and a sync is begun for what is written."""


@final
class PartFile:
    """One process's own part file of one batch, `<batch id>.jsonl.<random>.part`.

    It is never shared: two processes that download the same batch write two
    files, and the one that is renamed last wins with the same content. What a
    process left behind when it ended is taken over by copying its whole lines.
    """

    def __init__(
        self,
        folder: Path,
        batch: MessageBatch,
        *,
        compression: Compression | None = None,
        sync: bool = True,
    ) -> None:
        self.tally: Tally = Tally(batch.id, batch.request_counts.results())
        """What has been taken over or is written; whoever writes counts it here first."""
        self._plain = results_path(folder, batch.id)
        self._final = results_path(folder, batch.id, compression)
        self._sync = sync
        with storage_errors(folder):
            self._path, self._descriptor = _create_own(self._final)
        self._hash = hashlib.sha256()
        self._compressor = open_compressor(compression)
        self._lines_hash = self._hash if self._compressor is None else hashlib.sha256()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._line_is_open = False
        self.bytes: int = 0
        """Of lines, written so far."""
        self._size = 0
        """Of the file."""

    @property
    def path(self) -> Path:
        """The part file's own name."""
        return self._path

    @property
    def content(self) -> Content:
        """What has been written."""
        return Content(self._hash.hexdigest(), self._lines_hash.hexdigest(), self.bytes)

    def take_over(self, parts: Iterable[Path] | None = None) -> None:
        """Copy the whole lines that earlier processes left, and remove their part files.

        Parts that a living process holds are left alone, and all of them where there
        are no locks to tell. To be called in a worker thread; the tally then knows what
        is in the file.

        Args:
            parts: Where they are; looked for in the folder by default.
        """
        if parts is None:
            parts = self._plain.parent.glob(f"{glob.escape(self._plain.name)}.*.part")
        for path in parts:
            if path != self._path:
                with storage_errors(path), contextlib.suppress(FileNotFoundError):
                    self._take_over(path)

    @property
    def is_full(self) -> bool:
        """Whether so much waits that it is worth a thread."""
        return self._pending_bytes >= WRITE_BYTES

    def following(self, block: bytes) -> bytes:
        """Return whole lines as they follow the ones before.

        The last line of an answer may lack its newline; it gets one when another
        line follows.
        """
        closed = b"\n" + block if self._line_is_open else block
        self._line_is_open = not block.endswith(b"\n")
        return closed

    def add(self, block: bytes) -> None:
        """Append whole lines, which `flush` writes, or `close` at the latest."""
        block = self.following(block)
        self._pending.append(block)
        self._pending_bytes += len(block)

    def flush(self) -> None:
        """Hand everything that waits to the system. To be called in a worker thread.

        Raises:
            StorageError: The disk is full or failing.
        """
        blocks, self._pending, self._pending_bytes = self._pending, [], 0
        self.write(*blocks)

    def write(self, *blocks: bytes | memoryview) -> None:
        """Hand content to the system at once, as it is. To be called in a worker thread.

        Raises:
            StorageError: The disk is full or failing.
        """
        for block in blocks:
            self._lines_hash.update(block)
        pieces = blocks if self._compressor is None else [*map(self._compress, blocks)]
        start = self._size
        with storage_errors(self._path):
            self._size += write_all(self._descriptor, pieces)
            self.bytes += sum(map(len, blocks))
            if self._sync and self._size - start >= WRITE_BYTES:
                start_sync(self._descriptor, start, self._size - start)

    def _compress(self, block: bytes | memoryview) -> bytes:
        assert self._compressor is not None  # noqa: S101  # asked before
        data = self._compressor.compress(block)
        self._hash.update(data)
        return data

    def _finish(self) -> None:
        """Hand everything to the system that a reader of the file needs."""
        self.flush()
        compressor, self._compressor = self._compressor, None
        if compressor is not None:
            data = compressor.flush()
            self._hash.update(data)
            with storage_errors(self._path):
                write_all(self._descriptor, [data])

    def publish(self) -> None:
        """Make the content last, then give it its final name. To be called in a worker thread.

        The name lasts once the folder is synced, which is left to whoever publishes.

        Raises:
            StorageError: Writing or syncing failed: then there is no such file.
        """
        self._finish()
        with storage_errors(self._path):
            try:
                if self._sync:
                    os.fsync(self._descriptor)
            except OSError:
                # The kernel may have dropped what it could not write, and reads of its
                # cache would not show that: nothing of the file can be trusted.
                self._path.unlink()
                raise
            self._path.replace(self._final)

    def discard(self) -> None:
        """Close the file and remove it."""
        self.bytes = 0
        self.close()

    def close(self) -> None:
        """Close the file and let go of it; one that was not published stays for the next run."""
        if self._descriptor < 0:
            return
        with contextlib.suppress(StorageError):  # what does not fit is fetched again
            self._finish()
        if self.bytes == 0:
            with contextlib.suppress(OSError):  # an empty part does no harm
                self._path.unlink()
        os.close(self._descriptor)
        self._descriptor = -1

    def _take_over(self, path: Path) -> None:
        with path.open("r+b") as file:  # NFS locks what is open for writing only
            if try_lock(file.fileno()) != "locked":
                return  # its writer lives, or may live where there are no locks
            if self.tally.total:
                self.tally.start_reading_again()
            for block in read_results(file, self.tally):
                self.write(block)
            path.unlink()


def _create_own(final: Path) -> tuple[Path, int]:
    """Create and lock a part file; return its path and descriptor.

    Before it is locked, another process may take it for one that was left
    behind, and remove it: then another one is made.
    """
    while True:
        path = final.with_name(f"{final.name}.{os.urandom(4).hex()}.part")
        descriptor = create_file(path)
        if try_lock(descriptor) != "busy" and os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)


class Leftovers(NamedTuple):
    """What a folder held when it was looked at, by the batch's id."""

    results: set[str]
    """Batches that have a results file there, compressed or not."""

    parts: dict[str, list[Path]]
    """Of results, left by processes that have ended: their lines can be taken over."""

    receipts: dict[str, list[Path]]
    """Of receipts: of no use."""


def find_leftovers(folder: Path) -> Leftovers:
    """Return what is in a folder of downloads, or still written by a living process."""
    found = Leftovers(set(), {}, {})
    for name in os.listdir(folder):  # noqa: PTH208  # a path for each of thousands takes long
        batch_id, is_there, _ = name.partition(".jsonl")
        if not name.endswith(".part"):
            found.results.update([batch_id] if is_there else [])
        else:
            for mark, group in ((".receipt.json.", found.receipts), (".jsonl.", found.parts)):
                batch_id, there, _ = name.partition(mark)
                if there:
                    group.setdefault(batch_id, []).append(folder / name)
                    break
    return found
