"""What became of each download, line by line: a record to read, and the input of another run."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.disk import storage_errors, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ("MANIFEST", "ManifestLine", "append_manifest", "read_unfinished")

MANIFEST = "manifest.jsonl"
"""The name of the manifest in a folder of results."""

_DONE = ("downloaded", "present")


class ManifestLine(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to get the results of one batch, and what came of it."""

    id: str
    result: str
    """`downloaded`, `failed` or `interrupted`."""

    error: str | None
    path: str | None
    """The results file, as a `file:` URI if its path is not UTF-8; None where there is none."""

    bytes: int
    """Of the file, or of what is kept of it for the next attempt."""

    lines: dict[str, int]
    """Results in the file by type; empty where there is no file."""

    sha256: str | None
    request_id: str | None
    """What to quote to the service's support."""

    attempts: int
    """How often the results were asked for."""

    started: datetime
    ended: datetime
    version: str


class _Entry(msgspec.Struct):
    id: str
    result: str = ""


_ENTRY = msgspec.json.Decoder(_Entry)


def append_manifest(folder: Path, lines: Iterable[ManifestLine]) -> None:
    """Append lines in one piece, so that two processes can write into one manifest.

    It is not synced: files and their receipts are the truth.

    Raises:
        StorageError: The disk is full or failing.
    """
    path = folder / MANIFEST
    content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    with storage_errors(path):
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                content = b"\n" + content  # a process ended in the middle of a line
            write_all(descriptor, [content])
        finally:
            os.close(descriptor)


def read_unfinished(path: Path) -> list[str]:
    """Return the ids in a manifest whose last line does not say that they are done.

    Any file of JSON objects with an `id` will do, such as what `list --json` prints.
    Lines that are none are passed over.

    Raises:
        StorageError: The file cannot be read.
    """
    results: dict[str, str] = {}
    with storage_errors(path), path.open("rb") as file:
        for line in file:
            try:
                entry = _ENTRY.decode(line)
            except msgspec.MsgspecError:
                continue
            results[entry.id] = entry.result
    return [batch_id for batch_id, result in results.items() if result not in _DONE]
