"""Requests on their way to the service: checked, and cut into batches on disk."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections import deque
from typing import TYPE_CHECKING, final
from uuid import uuid4

from trio_batches.protocol.limits import MAX_BODY_BYTES, MAX_REQUESTS, body_bytes
from trio_batches.store.chunk import Chunk
from trio_batches.store.disk import make_folder, storage_errors, sync_folder, write_all
from trio_batches.store.lock import is_at, try_lock

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.store.lock import Locking

__all__ = ("WHOLE", "Spool", "is_unkept", "lock_folder", "spool_folders")

WHOLE = "whole"
"""An empty file in a spool's folder whose requests the ledger was told of."""

BUFFER_BYTES = 1 << 20
TAIL = 64
"""So many lines at most are moved into the next chunk, to make counts differ."""

_ENVELOPE = body_bytes(0, 0) - 1
"""What a body has beside its lines with their ends."""

_KEPT, _UNKEPT = "incoming-", "unkept-"


@final
class Spool:
    """Writes lines into chunk files, a new one wherever the next line would not fit.

    Where a submission fills several batches, each gets another number of
    requests if that can be had: should a reply be lost, the batch is known by
    its count.

    All methods do file I/O: call them in a worker thread.

    Args:
        parent: Where it makes a folder of its own, locked until it is closed.
        keep: Whether the files may stay when they have been sent; a folder's
            name tells the next process, should this one end before.
    """

    def __init__(self, parent: Path, *, keep: bool = True) -> None:
        make_folder(parent)
        self.folder: Path
        self.folder, self._lock = _make_locked(parent, _KEPT if keep else _UNKEPT)
        self._file: int | None = None
        self._hash = hashlib.sha256()
        self._lines: list[bytes] = []
        self._buffered = 0
        self._count = 0
        self._size = 0  # of the chunk's lines with their ends
        self._starts: deque[int] = deque(maxlen=TAIL)
        self._chunks: list[Chunk] = []
        self._handed_over = False

    @property
    def sha256(self) -> str:
        """The hash of all lines, however they are cut; known when finished."""
        return self._hash.hexdigest()

    def add(self, line: bytes) -> None:
        """Append a request, encoded as one line without its end.

        Raises:
            StorageError: The disk is full or failing.
        """
        size = len(line) + 1
        # Not once only: the lines that a cut moves into the next chunk may leave no room either.
        while self._count and (
            self._count >= MAX_REQUESTS or self._size + size + _ENVELOPE > MAX_BODY_BYTES
        ):
            with storage_errors(self.folder):
                self._cut()
        self._starts.append(self._size)
        self._count += 1
        self._size += size
        self._lines.append(line)
        self._buffered += size
        if self._buffered >= BUFFER_BYTES:
            with storage_errors(self.folder):
                self._flush()

    def _cut(self) -> None:
        """End the chunk, some lines earlier if that tells its batch from the others."""
        self._flush()
        taken = {chunk.requests for chunk in self._chunks}
        surplus = 0
        while self._count - surplus in taken:
            surplus += 1
        if surplus == 0 or surplus > len(self._starts) or surplus >= self._count:
            self._close_chunk(self._count, self._size)
            return
        start, size = self._starts[-surplus], self._size
        assert self._file is not None  # noqa: S101  # flushed
        tail = os.pread(self._file, size - start, start)
        os.ftruncate(self._file, start)
        self._close_chunk(self._count - surplus, start)
        self._write(tail)
        self._count, self._size = surplus, len(tail)

    def _flush(self) -> None:
        """Write what is buffered, and hash it; both without the interpreter's lock."""
        if self._lines:
            self._lines.append(b"")
            block = b"\n".join(self._lines)
            self._hash.update(block)
            self._lines, self._buffered = [], 0
            self._write(block)

    def _write(self, block: bytes) -> None:
        if self._file is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.open(self._path, flags, 0o600)
        write_all(self._file, [block])

    @property
    def _path(self) -> Path:
        return self.folder / f"{len(self._chunks):04}.jsonl"

    def _close_chunk(self, count: int, size: int) -> None:
        assert self._file is not None  # noqa: S101  # a chunk has a line
        os.fsync(self._file)
        os.close(self._file)
        self._file = None
        self._chunks.append(
            Chunk(
                path=str(self._path),
                number=len(self._chunks),
                requests=count,
                bytes=size - count,
            )
        )
        self._count = self._size = 0
        self._starts.clear()

    def finish(self) -> list[Chunk]:
        """Sync everything to the disk and return the chunks.

        Raises:
            StorageError: The disk is full or failing.
        """
        with storage_errors(self.folder):
            self._flush()
            if self._count:
                self._close_chunk(self._count, self._size)
            sync_folder(self.folder)
            sync_folder(self.folder.parent)
        return self._chunks

    def hand_over(self) -> None:
        """Leave the files to what the ledger says of them: closing does not remove them.

        A mark tells whoever finds them when the ledger is lost that they are to be sent.
        """
        self._handed_over = True
        if not is_unkept(self.folder):
            with contextlib.suppress(OSError):  # it goes without where the disk is full
                (self.folder / WHOLE).touch(0o600)

    def close(self) -> None:
        """Give up the lock, and remove the folder unless it was handed over."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if not self._handed_over:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._handed_over = True  # there is nothing to remove any more
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def spool_folders(parent: Path) -> list[Path]:
    """Return the folders that spools have made and nobody has removed."""
    return [path for path in sorted(parent.glob("*-*")) if path.name.startswith((_KEPT, _UNKEPT))]


def is_unkept(folder: Path) -> bool:
    """Tell whether a spool's files must not stay when they have been sent."""
    return folder.name.startswith(_UNKEPT)


def lock_folder(folder: Path) -> int | None:
    """Lock a spool's folder and return a descriptor that holds the lock.

    None if a process is at work on it, or may be since there are no locks, or it is gone.
    """
    return _open_locked(folder, ("locked",))


def _open_locked(folder: Path, enough: tuple[Locking, ...]) -> int | None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    if try_lock(descriptor) in enough and is_at(descriptor, folder):
        return descriptor
    os.close(descriptor)
    return None


def _make_locked(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """Make a folder that nobody else locked, or removed, before it was locked here."""
    while True:
        folder = parent / f"{prefix}{uuid4().hex}"
        make_folder(folder)
        with storage_errors(folder):
            # Where there are no locks, nobody removes what others have made.
            descriptor = _open_locked(folder, ("locked", "unsupported"))
        if descriptor is not None:
            return folder, descriptor
