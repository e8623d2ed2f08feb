"""Results that are on disk already, read and counted like those from the wire."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from trio_batches.client.reading import LINES, Reading
from trio_batches.errors import ProtocolError
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trio_batches.protocol.tally import Tally

__all__ = ("check_results", "hash_file", "read_results")

READ_BYTES = 1 << 20


def read_results(file: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """Yield the whole, sound lines at the beginning of a file that the tally lacks.

    A line that is none ends it, as does one that stands in the file twice.
    """
    reading = Reading(LINES, tally)
    while reading.error is None and (piece := file.read(READ_BYTES)):
        try:
            block = reading.feed(piece)
        except ProtocolError:
            return
        if block:
            yield block


def check_results(path: Path, tally: Tally) -> str | None:
    """Count the results in a file; return its hash if they are complete, else None.

    Raises:
        StorageError: The file cannot be read.
    """
    reading = Reading(LINES, tally)
    digest = hashlib.sha256()
    with storage_errors(path), path.open("rb") as file:
        try:
            while reading.error is None and (piece := file.read(READ_BYTES)):
                digest.update(piece)
                reading.feed(piece)
        except ProtocolError:
            return None
    reading.finish()
    sound = reading.error is None and tally.complete
    return digest.hexdigest() if sound else None


def hash_file(path: Path) -> str:
    """Return a file's SHA-256.

    Raises:
        StorageError: It cannot be read.
    """
    with storage_errors(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
