"""A results file on its way: written under a name of its own until it is whole."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import os
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import StorageError
from trio_batches.protocol.tally import Tally
from trio_batches.store.disk import create_file, publish, storage_errors
from trio_batches.store.receipt import results_path
from trio_batches.store.scan import read_results

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.types import MessageBatch

__all__ = ("PartFile",)

WRITE_BYTES = 1 << 20
"""Bytes handed to the disk at once, in a worker thread: so many, so few passes of the loop."""


@final
class PartFile:
    """One process's own part file of one batch, `<batch id>.jsonl.<random>.part`.

    It is never shared: two processes that download the same batch write two
    files, and the one that is renamed last wins with the same content. What a
    process left behind when it ended is taken over by copying its whole lines.
    """

    def __init__(self, folder: Path, batch: MessageBatch) -> None:
        self.tally = Tally(batch.id, batch.request_counts.results())
        """What has been taken over or is written; whoever writes counts it here first."""
        self._final = results_path(folder, batch.id)
        with storage_errors(folder):
            self._path, self._descriptor = _create_own(self._final)
        self._hash = hashlib.sha256()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._line_is_open = False
        self.bytes = 0
        """Written so far."""

    @property
    def path(self) -> Path:
        """The part file's own name."""
        return self._path

    @property
    def sha256(self) -> str:
        """The hash of what has been written."""
        return self._hash.hexdigest()

    def take_over(self) -> None:
        """Copy the whole lines that earlier processes left, and remove their part files.

        Parts that a living process holds are left alone. To be called in a
        worker thread; the tally then knows what is in the file.
        """
        for path in self._final.parent.glob(f"{glob.escape(self._final.name)}.*.part"):
            if path != self._path:
                with storage_errors(path), contextlib.suppress(FileNotFoundError):
                    self._take_over(path)

    async def write(self, block: bytes) -> None:
        """Append whole lines, in a worker thread once enough have come together.

        The last line of an answer may lack its newline; it gets one when another
        line follows.

        Raises:
            StorageError: The disk is full or failing.
        """
        if self._line_is_open:
            block = b"\n" + block
        self._line_is_open = not block.endswith(b"\n")
        self._pending.append(block)
        self._pending_bytes += len(block)
        if self._pending_bytes >= WRITE_BYTES:
            await trio.to_thread.run_sync(self.flush)

    def flush(self) -> None:
        """Hand everything that waits to the system."""
        blocks, self._pending, self._pending_bytes = self._pending, [], 0
        with storage_errors(self._path):
            for block in blocks:
                self._hash.update(block)
                self._append(block)

    def publish(self) -> None:
        """Make the file last, then give it its final name. To be called in a worker thread.

        Raises:
            StorageError: Writing or syncing failed: then there is no such file.
        """
        self.flush()
        with storage_errors(self._path):
            try:
                os.fsync(self._descriptor)
            except OSError:
                # The kernel may have dropped what it could not write, and reads of its
                # cache would not show that: nothing of the file can be trusted.
                self._path.unlink()
                raise
            publish(self._path, self._final)

    def discard(self) -> None:
        """Close the file and remove it."""
        self.bytes = 0
        self.close()

    def close(self) -> None:
        """Close the file and let go of it; one that was not published stays for the next run."""
        if self._descriptor < 0:
            return
        with contextlib.suppress(StorageError):  # what does not fit is fetched again
            self.flush()
        if self.bytes == 0:
            with contextlib.suppress(OSError):  # an empty part does no harm
                self._path.unlink()
        os.close(self._descriptor)
        self._descriptor = -1

    def _append(self, block: bytes) -> None:
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        self.bytes += len(block)

    def _take_over(self, path: Path) -> None:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # its writer lives
            if self.tally.total:
                self.tally.start_reading_again()
            for block in read_results(file, self.tally):
                self._pending.append(block)
                self.flush()
            path.unlink()


def _create_own(final: Path) -> tuple[Path, int]:
    """Create and lock a part file; return its path and descriptor.

    Before it is locked, another process may take it for one that was left
    behind, and remove it: then another one is made.
    """
    while True:
        path = final.with_name(f"{final.name}.{os.urandom(4).hex()}.part")
        descriptor = create_file(path)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink:
                return path, descriptor
        os.close(descriptor)
