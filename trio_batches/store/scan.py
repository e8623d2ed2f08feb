"""Results that are on disk already, read and counted like those from the wire."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol, final

from trio_batches.client.reading import LINES, Reading
from trio_batches.errors import ProtocolError
from trio_batches.store.compression import Lines, compression_of
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trio_batches.protocol.tally import Tally

__all__ = ("Content", "check_results", "hash_file", "read_results")

READ_BYTES = 1 << 20


class Content(NamedTuple):
    """What a results file holds."""

    sha256: str
    """Of the file."""

    lines_sha256: str
    """Of its lines: the same, unless it is compressed."""

    lines_bytes: int


def read_results(file: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """Yield the whole, sound lines at the beginning of a file that the tally lacks.

    A line that is none ends it, as does one that stands in the file twice.
    """
    reading = Reading(LINES, tally)
    lines = Lines(file, compression_of(file.name))
    while reading.error is None:
        try:
            piece = lines.read(READ_BYTES)
            yield from reading.feed(piece)
        except ProtocolError:
            return
        if not piece:
            return


def check_results(path: Path, tally: Tally) -> Content | None:
    """Count the results in a file; return its hashes if they are complete, else None.

    Raises:
        StorageError: The file cannot be read.
        ConfigurationError: A package to read it is missing.
    """
    reading = Reading(LINES, tally)
    with storage_errors(path), path.open("rb") as opened:
        file = _Hashed(opened)
        content = _Hashed(Lines(file, compression_of(path.name)))
        try:
            while reading.error is None and (piece := content.read(READ_BYTES)):
                for _ in reading.feed(piece):
                    pass  # counted
        except ProtocolError:
            return None
    reading.finish()
    if reading.error is not None or not tally.complete:
        return None
    return Content(file.hexdigest(), content.hexdigest(), content.bytes)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@final
class _Hashed:
    """Hashes what is read through it."""

    def __init__(self, file: _Readable) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self._hash.update(piece)
        self.bytes += len(piece)
        return piece

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def hash_file(path: Path) -> str:
    """Return a file's SHA-256.

    Raises:
        StorageError: It cannot be read.
    """
    with storage_errors(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
