"""Failed requests: found in results files, and joined with the inputs that were kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, final

import msgspec

from trio_batches.errors import UnjoinableError
from trio_batches.protocol.jsonl import LineFramer, split_lines
from trio_batches.store.compression import Lines
from trio_batches.store.disk import create_file, storage_errors
from trio_batches.types import decode_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from trio_batches.store.receipt import Receipt

__all__ = ("Failures", "Joining", "read_failures", "read_requests")

READ_BYTES = 1 << 20
INVALID = "invalid_request_error"
"""Errors of this type come again unless the request is mended. Source: Message Batches guide."""


class _Id(msgspec.Struct, gc=False):
    custom_id: str


class _Error(msgspec.Struct, gc=False):
    type: str = ""


class _ErrorBody(msgspec.Struct, gc=False):
    error: _Error | None = None


class _Result(msgspec.Struct, gc=False):
    type: str
    error: _ErrorBody | None = None


class _Outcome(msgspec.Struct, gc=False):
    custom_id: str
    result: _Result


_ID = msgspec.json.Decoder(_Id)
_OUTCOME = msgspec.json.Decoder(_Outcome)


class Failures(msgspec.Struct, kw_only=True):
    """The requests of one batch that have no answer."""

    kinds: dict[str, str]
    """By `custom_id`: `errored`, `expired`, `canceled`, or what the API adds later."""

    invalid: int = 0
    """Further ones that would only fail again."""


def read_failures(folder: Path, receipt: Receipt, *, include_invalid: bool) -> Failures:
    """Read which requests of a batch have no answer, from its verified results.

    Args:
        folder: Where the file is.
        receipt: The file's own.
        include_invalid: Also those whose parameters the service refused.

    Raises:
        StorageError: The file cannot be read.
        ProtocolError: It is cut off or damaged.
    """
    failures = Failures(kinds={})
    path = folder / receipt.file
    with storage_errors(path), path.open("rb") as file:
        for line in _lines(Lines(file, receipt.compression)):
            custom_id, kind, error = _read_outcome(line)
            if kind == "succeeded":
                continue
            if error == INVALID and not include_invalid:
                failures.invalid += 1
            else:
                failures.kinds[custom_id] = kind
    return failures


def _read_outcome(line: bytes) -> tuple[str, str, str]:
    """Return a result's `custom_id`, its type, and the type of its error if it has one."""
    try:
        outcome = _OUTCOME.decode(line)
    except msgspec.MsgspecError:  # an error of a shape that is not known yet, or half a character
        key = decode_key(line)
        return key.custom_id, key.result.type, ""
    body = outcome.result.error
    error = body.error.type if body is not None and body.error is not None else ""
    return outcome.custom_id, outcome.result.type, error


def read_requests(path: Path) -> dict[str, bytes]:
    """Return a hash of each request that was kept, by its `custom_id`.

    Raises:
        StorageError: The file cannot be read.
        UnjoinableError: It is damaged.
    """
    with storage_errors(path), path.open("rb") as file:
        return {name: _digest(line) for name, line in _requests(file, path)}


def _requests(file: BinaryIO, path: Path) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(_lines(file), 1):
        try:
            custom_id = _ID.decode(line).custom_id
        except (msgspec.MsgspecError, UnicodeError) as exc:
            raise UnjoinableError([f"{path}:{number}: no request that was kept: {exc}"]) from exc
        yield custom_id, line


def _digest(line: bytes) -> bytes:
    return hashlib.sha256(line).digest()


@final
class Joining:
    """Collects the requests to send again in one file.

    Its methods do file I/O: call them in a worker thread.

    Args:
        path: The file; must not be there yet.

    Attributes:
        kinds: How many requests were taken, by how they had failed.
        faults: Why some cannot be sent again.
    """

    def __init__(self, path: Path) -> None:
        self.kinds: Counter[str] = Counter()
        self.faults: list[str] = []
        self._seen: dict[str, tuple[str, bytes]] = {}
        with storage_errors(path):
            descriptor = create_file(path)
            self._file: BinaryIO = open(descriptor, "wb", buffering=READ_BYTES)  # noqa: PTH123, SIM115

    def add(self, batch_id: str, kept: Path, kinds: dict[str, str]) -> None:
        """Take a batch's failed requests from its kept inputs.

        Args:
            batch_id: The batch.
            kept: Its requests.
            kinds: How they failed, by `custom_id`.
        """
        if not kinds:
            return
        with storage_errors(kept):
            if not kept.exists():
                self.faults.append(
                    f"{batch_id}: its requests were not kept: {kept} is not there; "
                    f"if you have them, put them there"
                )
                return
            missing = set(kinds)
            with kept.open("rb") as file:
                for custom_id, line in _requests(file, kept):
                    if custom_id in missing:
                        missing.discard(custom_id)
                        self._take(batch_id, custom_id, kinds[custom_id], line)
        self._miss(batch_id, kept, missing)

    def _take(self, batch_id: str, custom_id: str, kind: str, line: bytes) -> None:
        digest = _digest(line)
        other, same = self._seen.setdefault(custom_id, (batch_id, digest))
        if other == batch_id:
            self._file.write(line + b"\n")
            self.kinds[kind] += 1
        elif same != digest:
            self.faults.append(
                f"{batch_id}: {custom_id!r} is in {other} too, with other parameters: "
                f"resubmit the two batches one after the other"
            )

    def _miss(self, batch_id: str, kept: Path, missing: Collection[str]) -> None:
        if missing:
            self.faults.append(
                f"{batch_id}: {len(missing):,} of its failed requests, such as "
                f"{min(missing)!r}, are not in {kept}"
            )

    def finish(self) -> None:
        """Write everything out.

        Raises:
            UnjoinableError: Some cannot be sent again; it names every reason.
            StorageError: The disk is full or failing.
        """
        self.close()
        if self.faults:
            raise UnjoinableError(self.faults)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _lines(file: BinaryIO | Lines) -> Iterator[bytes]:
    framer = LineFramer()
    while piece := file.read(READ_BYTES):
        for block in framer.feed(piece):
            yield from split_lines(block)
    yield from split_lines(framer.finish())
