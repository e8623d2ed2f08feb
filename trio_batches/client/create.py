"""The body of a create: checked and measured first, then encoded while it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, final

import trio
from msgspec import Raw

from trio_batches.errors import InvalidRequestsError
from trio_batches.protocol.limits import MAX_BODY_BYTES, MAX_REQUESTS
from trio_batches.protocol.validation import (
    UniqueIds,
    check_custom_id,
    check_params,
    sound_ids,
)
from trio_batches.types import BatchRequest, encode
from trio_batches.types.unknown import append_encoded

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

__all__ = ("CreateBody",)

BLOCK_BYTES = 1 << 18
"""Bytes encoded at once: a fraction of a millisecond's work."""

REQUESTS_AT_ONCE = 1000
"""Requests checked at once, where they are small."""

_HEAD, _TAIL = b'{"requests":[', b"]}"
_BARE_BYTES = len(encode(BatchRequest("", {}))) - len("{}")
"""What a request takes beside its id and its params."""


@final
class CreateBody:
    """Requests as the body of a create.

    Encoding twice, once to check and measure and once to send, is faster than
    the network and keeps memory flat: the encoded body never exists as a whole.
    """

    def __init__(
        self,
        requests: Iterable[BatchRequest | Mapping[str, object]],
        *,
        anthropic_version: str,
    ) -> None:
        self._requests = requests if isinstance(requests, Sequence) else list(requests)
        self._anthropic_version = anthropic_version
        self._length = 0

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._requests)

    @property
    def length(self) -> int:
        """The body's length in bytes, known after `check`."""
        return self._length

    async def check(self) -> None:
        """Check every request and measure the body, with a checkpoint every few milliseconds.

        Raises:
            InvalidRequestsError: Some would be refused, or they are none, too many or too large.
        """
        faults: list[str] = []
        ids: UniqueIds[int] = UniqueIds()
        length = len(_HEAD) + len(_TAIL)
        for places, lines in self._lines():
            if lines is not None and self._are_sound(places, lines, ids):
                length += len(lines)
            else:
                for place in places:
                    length += self._check_one(place, self._requests[place], ids, faults) + 1
            await trio.lowlevel.checkpoint()
        self._length = length - 1
        faults += self._check_size()
        if faults:
            raise InvalidRequestsError(faults)

    def blocks(self) -> Generator[bytes]:
        """Yield the body in pieces of about 256 KiB; a larger request is a piece of its own."""
        block = bytearray(_HEAD)
        for place, request in enumerate(self._requests):
            if place:
                block += b","
            append_encoded(request, block)
            if len(block) >= BLOCK_BYTES:
                yield bytes(block)
                block.clear()
        yield bytes(block + _TAIL)

    def _lines(self) -> Iterator[tuple[range, bytes | None]]:
        """Yield places and what is there as JSON Lines, about 256 KiB at a time.

        None where one of them cannot be written as JSON.
        """
        block, start, writable = bytearray(), 0, True
        for place, request in enumerate(self._requests):
            try:
                append_encoded(request, block)
                block += b"\n"
            except (TypeError, ValueError, RecursionError):
                writable = False
            if len(block) > BLOCK_BYTES or place + 1 - start == REQUESTS_AT_ONCE:
                yield range(start, place + 1), bytes(block) if writable else None
                block.clear()
                start, writable = place + 1, True
        yield range(start, len(self._requests)), bytes(block) if writable else None

    def _are_sound(self, places: range, lines: bytes, ids: UniqueIds[int]) -> bool:
        """Tell whether requests have no fault, by one look at all of them; then note their ids."""
        found = sound_ids(lines, anthropic_version=self._anthropic_version)
        if found is None or len(found) != len(places):
            return False
        new = dict(zip(found, places, strict=True))
        return len(new) == len(found) and ids.add_new(new)

    def _check_one(
        self,
        place: int,
        request: BatchRequest | Mapping[str, object],
        ids: UniqueIds[int],
        faults: list[str],
    ) -> int:
        """Note a request's faults and return its encoded length."""
        if not isinstance(request, BatchRequest):
            try:
                request = BatchRequest(**request)  # type: ignore[arg-type]  # checked below
            except TypeError:
                faults.append(f"request {place}: it must have custom_id and params, nothing else")
                return 0
        reason = check_custom_id(request.custom_id)
        name = request.custom_id if reason is None else "?"
        first = ids.add(name, place) if reason is None else None
        if first is not None:
            reason = f"its custom_id is the one of request {first} too"
        try:
            raw = encode(request.params)
        except (TypeError, ValueError, RecursionError) as exc:
            faults.append(f"request {place} ({name}): params cannot be written as JSON: {exc}")
            return 0
        reasons = check_params(Raw(raw), anthropic_version=self._anthropic_version)
        faults += [f"request {place} ({name}): {why}" for why in (reason, *reasons) if why]
        return _BARE_BYTES + len(name) + len(raw)

    def _check_size(self) -> Iterator[str]:
        if not self._requests:
            yield "there are no requests: a batch holds at least one"
        if len(self) > MAX_REQUESTS:
            yield f"{len(self):,} requests: a batch holds {MAX_REQUESTS:,} at most: split them"
        if self._length > MAX_BODY_BYTES:
            yield f"{self._length:,} bytes: a batch holds {MAX_BODY_BYTES:,} at most: split them"
