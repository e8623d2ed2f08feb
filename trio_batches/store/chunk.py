"""The requests of one batch, in a file, on their way to the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, final

import msgspec

from trio_batches.errors import StorageError
from trio_batches.protocol.limits import body_bytes
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Generator

    from trio_batches.store.ledger_rows import Intent

__all__ = ("Chunk", "ChunkBody", "chunk_of", "holds_request")

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


@final
class ChunkBody:
    """A chunk as the body of a create, read from its file while it is sent."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk: Chunk = chunk

    def __len__(self) -> int:
        """Return the number of requests."""
        return self._chunk.requests

    @property
    def length(self) -> int:
        """The body's length in bytes."""
        return body_bytes(self._chunk.requests, self._chunk.bytes)

    def blocks(self) -> Generator[bytes]:
        r"""Yield the body; a line feed stands nowhere but between two requests.

        Raises:
            StorageError: The file cannot be read.
        """
        yield _HEAD
        path = Path(self._chunk.path)
        left = self._chunk.bytes + self._chunk.requests - 1  # without the last line feed
        with storage_errors(path), path.open("rb") as file:
            while left and (block := file.read(min(BLOCK_BYTES, left))):
                left -= len(block)
                yield block.replace(b"\n", b",")
        yield _TAIL


def chunk_of(intent: Intent, path: Path) -> Chunk:
    """Return what an intent would send.

    Args:
        intent: What is to be sent.
        path: Where its requests are.

    Raises:
        StorageError: The file is gone, or not the one that was checked.
    """
    size = intent.n_bytes or 0
    with storage_errors(path):
        found = path.stat().st_size
    if found != size + intent.n_requests:
        raise StorageError(str(path), "not the requests that were checked: submit them anew")
    return Chunk(path=str(path), number=intent.chunk, requests=intent.n_requests, bytes=size)


def holds_request(path: Path, custom_id: str) -> bool:
    """Tell whether a request is in a chunk's file.

    Raises:
        StorageError: The file is gone, or cannot be read.
    """
    wanted = custom_id.encode()
    with storage_errors(path), path.open("rb") as file:
        # What has an escape may be written in another way than the service writes it.
        return any(
            (wanted in line or b"\\" in line) and _ID.decode(line).custom_id == custom_id
            for line in file
        )


class _Id(msgspec.Struct, gc=False):
    custom_id: str


_ID = msgspec.json.Decoder(_Id)
