"""Requests on their way to the service: checked, and cut into batches on disk."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, BinaryIO, final

import msgspec

from trio_batches.protocol.limits import MAX_REQUESTS, body_bytes, fits
from trio_batches.store.disk import make_folder, storage_errors, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ("Chunk", "ChunkBody", "Spool")

BUFFER_BYTES = 1 << 20
BLOCK_BYTES = 1 << 18
_HEAD, _TAIL = b'{"requests":[', b"]}"


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """The requests of one batch: a file of lines in the form that the service takes."""

    path: str
    number: int
    """Its place in the submission, counted from 0."""

    requests: int
    bytes: int
    """Of all lines without their ends."""

    sha256: str


@final
class ChunkBody:
    """A chunk as the body of a create, read from its file while it is sent."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk

    def __len__(self) -> int:
        """Return the number of requests."""
        return self._chunk.requests

    @property
    def length(self) -> int:
        """The body's length in bytes."""
        return body_bytes(self._chunk.requests, self._chunk.bytes)

    def blocks(self) -> Iterator[bytes]:
        r"""Yield the body; a line feed stands nowhere but between two requests."""
        yield _HEAD
        left = self._chunk.bytes + self._chunk.requests - 1  # without the last line feed
        with open(self._chunk.path, "rb") as file:  # noqa: PTH123  # a path from the ledger
            while left and (block := file.read(min(BLOCK_BYTES, left))):
                left -= len(block)
                yield block.replace(b"\n", b",")
        yield _TAIL


@final
class Spool:
    """Writes lines into chunk files, a new one wherever the next line would not fit.

    Where a submission fills several batches, each gets another number of
    requests if that can be had: should a reply be lost, the batch is known by
    its count.

    All methods do file I/O: call them in a worker thread.
    """

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self._folder: Path = folder
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._count = 0
        self._bytes = 0
        self._held: bytes | None = None  # the last line, which may go into the next chunk
        self._chunks: list[Chunk] = []

    def add(self, line: bytes) -> None:
        """Append a request, encoded as one line without its end.

        Raises:
            StorageError: The disk is full or failing.
        """
        with storage_errors(self._folder):
            if self._held is not None and self._has_room_for(line):
                self._write(self._held)
            elif self._held is not None:
                self._cut(self._held)
            self._held = line

    def _has_room_for(self, line: bytes) -> bool:
        """Tell whether the chunk takes a line after the one that is held."""
        held = len(self._held or b"")
        most = MAX_REQUESTS - len(self._chunks)
        return self._count + 2 <= most and fits(self._count + 2, self._bytes + held + len(line))

    def _cut(self, held: bytes) -> None:
        """End the chunk after the held line, or before it if that tells the batches apart."""
        counts = {chunk.requests for chunk in self._chunks}
        if self._count + 1 in counts and self._count not in counts and self._count:
            self._close_chunk()
            self._write(held)
        else:
            self._write(held)
            self._close_chunk()

    def _write(self, line: bytes) -> None:
        if self._file is None:
            path = self._folder / f"{len(self._chunks):04}.jsonl"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            self._file = open(descriptor, "wb", buffering=BUFFER_BYTES)  # noqa: PTH123, SIM115
        line += b"\n"
        self._file.write(line)
        self._hash.update(line)
        self._count += 1
        self._bytes += len(line) - 1

    def _close_chunk(self) -> None:
        assert self._file is not None  # noqa: S101  # a chunk has a line
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        self._chunks.append(
            Chunk(
                path=str(self._folder / f"{len(self._chunks):04}.jsonl"),
                number=len(self._chunks),
                requests=self._count,
                bytes=self._bytes,
                sha256=self._hash.hexdigest(),
            )
        )
        self._file, self._hash, self._count, self._bytes = None, hashlib.sha256(), 0, 0

    def finish(self) -> list[Chunk]:
        """Sync everything to the disk and return the chunks."""
        with storage_errors(self._folder):
            if self._held is not None:
                self._write(self._held)
                self._held = None
                self._close_chunk()
            sync_folder(self._folder)
        return self._chunks

    def close(self) -> None:
        """Close what is open; a spool that was not finished is of no use."""
        if self._file is not None:
            self._file.close()
            self._file = None
