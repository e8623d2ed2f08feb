"""Count requests on their way into a spool, and find those that must not be sent."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, final

import msgspec

from trio_batches.errors import InvalidRequestsError
from trio_batches.protocol.id_hashes import IdHashes
from trio_batches.protocol.plain_text import one_line
from trio_batches.protocol.request_lines import RequestReader
from trio_batches.protocol.validation import check_custom_id
from trio_batches.store.chunk import Chunk
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trio_batches.store.spool import Spool

__all__ = ("Counting", "Plan")

MAX_FAULTS = 100_000
"""So many are named; the rest of them, as of a file of another kind, are counted."""


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


class _Id(msgspec.Struct, gc=False):
    custom_id: str


_ID = msgspec.json.Decoder(_Id)


@final
class Counting:
    """Takes requests one after another; its methods write files, so call them in a thread."""

    def __init__(self, spool: Spool, *, anthropic_version: str) -> None:
        self._spool: Spool = spool
        self._reader: RequestReader = RequestReader(anthropic_version=anthropic_version)
        self._faults: list[str] = []
        self._more_faults = 0
        self._hashes: IdHashes = IdHashes()
        self._count = 0
        self._bytes = 0
        self._models: Counter[str] = Counter()
        self._max_output_tokens = 0
        self._prefix = ""
        # From which request on lines have a place in which source, and how far the
        # numbers of lines are ahead of those of requests: it changes at blank lines only.
        self._starts: array[int] = array("q")
        self._ahead: array[int] = array("q")
        self._prefixes: list[str] = []

    def begin(self, prefix: str) -> None:
        """Begin a source; what stands before its lines' numbers tells its name."""
        self._prefix = prefix

    def take(self, number: int, line: bytes) -> None:
        """Take a request from a line, whose number is known to the user."""
        request = self._reader.read(line)
        if request.faults:
            self.refuse(number, request.custom_id, request.faults)
            return
        self._add(number, request.custom_id, request.encoded)
        self._bytes += len(request.encoded)
        self._models[request.model] += 1
        self._max_output_tokens += request.max_tokens

    def refuse(self, number: int, custom_id: str, faults: Sequence[str]) -> None:
        """Note what is wrong with a line."""
        who = f" ({one_line(custom_id)})" if custom_id else ""
        for fault in faults:
            self._note(f"{self._prefix}{number}{who}: {fault}")
        if custom_id and check_custom_id(custom_id) is None:
            # In its place, to be seen should another one have the same id.
            self._add(number, custom_id, msgspec.json.encode(_Id(custom_id)))

    def _note(self, fault: str) -> None:
        if len(self._faults) < MAX_FAULTS:
            self._faults.append(fault)
        else:
            self._more_faults += 1

    def _add(self, number: int, custom_id: str, line: bytes) -> None:
        self._spool.add(line)
        self._hashes.add(custom_id)
        ahead = number - self._count
        if not self._ahead or ahead != self._ahead[-1] or self._prefix is not self._prefixes[-1]:
            self._starts.append(self._count)
            self._ahead.append(ahead)
            self._prefixes.append(self._prefix)
        self._count += 1

    def finish(self) -> Plan:
        """Return the plan.

        Raises:
            InvalidRequestsError: Some requests would be refused; it names all of them.
            StorageError: The disk is full or failing.
        """
        chunks = self._spool.finish()
        doubled = self._hashes.doubled()
        if doubled:
            for fault in self._name_doubled(chunks, doubled):
                self._note(fault)
        if not chunks and not self._faults:
            self._note("there are no requests in the input")
        if self._more_faults:
            self._faults.append(f"{self._more_faults:,} more faults, which are not named")
        if self._faults:
            raise InvalidRequestsError(self._faults)
        return Plan(
            chunks=chunks,
            requests=self._count,
            bytes=self._bytes,
            models=dict(self._models),
            max_output_tokens=self._max_output_tokens,
        )

    def _name_doubled(self, chunks: list[Chunk], doubled: frozenset[int]) -> Iterator[str]:
        """Compare the ids that share a hash, and name the places of those that are equal."""
        first: dict[str, str] = {}
        place = 0
        for chunk in chunks:
            path = Path(chunk.path)
            with storage_errors(path), path.open("rb") as file:
                for line in file:
                    custom_id = _ID.decode(line).custom_id
                    if hash(custom_id) in doubled:
                        here = self._where(place)
                        there = first.setdefault(custom_id, here)
                        if there != here:
                            yield f"{here} ({custom_id}): {there} has this custom_id too"
                    place += 1

    def _where(self, place: int) -> str:
        at = bisect_right(self._starts, place) - 1
        return f"{self._prefixes[at]}{place + self._ahead[at]}"
