"""Read requests from files, pipes or iterables; check all of them before any is sent."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast, final

import msgspec
import trio

from trio_batches.errors import InvalidRequestsError
from trio_batches.protocol.id_hashes import IdHashes
from trio_batches.protocol.jsonl import LineFramer
from trio_batches.protocol.plain_text import one_line
from trio_batches.protocol.request_lines import read_request_line
from trio_batches.store.disk import storage_errors
from trio_batches.store.spool import Chunk
from trio_batches.types import BatchRequest, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import TypeIs

    from trio_batches.store.spool import Spool

__all__ = ("Intake", "Plan", "Source")

Requests = Iterable[BatchRequest | Mapping[str, object]]

Source = Path | BinaryIO | Requests
"""A JSONL file, an open binary one such as a pipe, or requests."""

READ_BYTES = 1 << 20
ITEMS_AT_ONCE = 500


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a submission consists of."""

    chunks: list[Chunk]
    """One for each batch."""

    requests: int
    bytes: int
    """Of all requests as they are sent."""

    models: dict[str, int]
    """Requests for each model."""

    max_output_tokens: int
    """What all answers together can have at most."""


class _Cost(msgspec.Struct, gc=False):
    model: str
    max_tokens: int


class _Id(msgspec.Struct, gc=False):
    custom_id: str


_COST = msgspec.json.Decoder(_Cost)
_ID = msgspec.json.Decoder(_Id)


def _is_file(source: BinaryIO | Requests) -> TypeIs[BinaryIO]:
    return hasattr(source, "read")


@final
class Intake:
    """Takes requests line by line into a spool, and notes every fault of every line.

    Memory does not grow with the size of the requests: it holds twelve bytes
    for each, and the faults.
    """

    def __init__(self, spool: Spool, *, anthropic_version: str) -> None:
        self._spool: Spool = spool
        self._anthropic_version = anthropic_version
        self._faults: list[str] = []
        self._hashes = IdHashes()
        self._lines = array("Q")
        self._sources: list[tuple[int, str]] = []
        self._bytes = 0
        self._models: Counter[str] = Counter()
        self._max_output_tokens = 0

    async def read(self, sources: Iterable[Source]) -> Plan:
        """Read all sources to their ends.

        Raises:
            InvalidRequestsError: Some requests would be refused; it names all of them.
            StorageError: A file cannot be read, or the spool cannot be written.
        """
        for source in sources:
            if isinstance(source, Path):
                await self._read_path(source)
            elif _is_file(source):
                await self._read_file(source, str(getattr(source, "name", "input")))
            else:
                await self._read_requests(source)
        return await trio.to_thread.run_sync(self._finish)

    async def _read_path(self, path: Path) -> None:
        with storage_errors(path):
            file = await trio.to_thread.run_sync(path.open, "rb")
        with file:
            await self._read_file(cast("BinaryIO", file), str(path))

    async def _read_file(self, file: BinaryIO, name: str) -> None:
        self._begin(name)
        framer = LineFramer()
        number = 1
        while True:
            with storage_errors(Path(name)):
                # A pipe may never bring anything: whoever cancels does not wait for it.
                piece = await trio.to_thread.run_sync(file.read, READ_BYTES, abandon_on_cancel=True)
            block = framer.feed(piece) if piece else framer.finish()
            number = await trio.to_thread.run_sync(self._take_block, name, number, block)
            if not piece:
                return

    async def _read_requests(self, requests: Requests) -> None:
        name = "request"
        self._begin(name)
        for number, request in enumerate(requests):
            try:
                line = encode(request)
            except (TypeError, ValueError, RecursionError) as exc:
                self._faults.append(f"{name} {number}: it cannot be written as JSON: {exc}")
            else:
                self._take(name, number, line)
            if number % ITEMS_AT_ONCE == 0:
                await trio.lowlevel.checkpoint()

    def _begin(self, name: str) -> None:
        self._sources.append((len(self._lines), name))

    def _take_block(self, name: str, number: int, block: bytes) -> int:
        """Take the lines of a block; return the number of the line after it."""
        for line in block.split(b"\n"):
            if stripped := line.strip():
                self._take(name, number, stripped)
            number += 1
        return number - 1

    def _take(self, name: str, number: int, line: bytes) -> None:
        request, custom_id, faults = read_request_line(
            line, anthropic_version=self._anthropic_version
        )
        if request is None:
            who = f" ({one_line(custom_id)})" if custom_id else ""
            self._faults += [f"{name}:{number}{who}: {fault}" for fault in faults]
            return
        encoded = encode(request)
        self._spool.add(encoded)
        self._hashes.add(custom_id)
        self._lines.append(number)
        self._bytes += len(encoded)
        cost = _COST.decode(cast("msgspec.Raw", request.params))
        self._models[cost.model] += 1
        self._max_output_tokens += cost.max_tokens

    def _finish(self) -> Plan:
        chunks = self._spool.finish()
        doubled = self._hashes.doubled()
        if doubled:
            self._faults += self._name_doubled(chunks, doubled)
        if not chunks and not self._faults:
            self._faults.append("there are no requests in the input")
        if self._faults:
            raise InvalidRequestsError(self._faults)
        return Plan(
            chunks=chunks,
            requests=len(self._lines),
            bytes=self._bytes,
            models=dict(self._models),
            max_output_tokens=self._max_output_tokens,
        )

    def _name_doubled(self, chunks: list[Chunk], doubled: frozenset[int]) -> Iterator[str]:
        """Compare the ids that share a hash, and name the places of those that are equal."""
        first: dict[str, str] = {}
        place = 0
        for chunk in chunks:
            with Path(chunk.path).open("rb") as file:
                for line in file:
                    custom_id = _ID.decode(line).custom_id
                    if hash(custom_id) in doubled:
                        here = self._where(place)
                        there = first.setdefault(custom_id, here)
                        if there != here:
                            yield f"{here} ({custom_id}): {there} has this custom_id too"
                    place += 1

    def _where(self, place: int) -> str:
        name = next(name for start, name in reversed(self._sources) if start <= place)
        return f"{name}:{self._lines[place]}"
