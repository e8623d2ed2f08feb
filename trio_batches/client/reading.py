"""One pass over the results of a batch: bytes in, new and checked items out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, final

from trio_batches.protocol.jsonl import (
    LineFramer,
    count_line_ends,
    decode_block,
    split_lines,
)
from trio_batches.types import (
    BatchResult,
    KeyLine,
    decode_key,
    decode_keys,
    decode_result,
    decode_results,
)

if TYPE_CHECKING:
    from trio_batches.errors import ProtocolError
    from trio_batches.protocol.tally import Tally

__all__ = ("LINES", "RECORDS", "Reading", "Take")

R = TypeVar("R", BatchResult, KeyLine)
T = TypeVar("T")

Take = Callable[[bytes, range, "Tally"], "tuple[T | None, ProtocolError | None]"]
"""Decodes and counts a block of lines that have these numbers.

Returns what is new of it, in the form that is handed out (None if nothing is),
and the error of the line that ended it, if one did.
"""


@dataclass(frozen=True)
class _Form(Generic[R, T]):
    """In what form results are handed out, and how far each line is decoded for that.

    Attributes:
        fast: Decodes a block of lines in one call.
        slow: Decodes one line leniently.
        whole: Makes what is handed out of a block and its decoded lines, all of them new.
        select: Makes it of a block, its decoded lines and the places of those that are new.
    """

    fast: Callable[[bytes], list[R]]
    slow: Callable[[bytes], R]
    whole: Callable[[bytes, list[R]], T]
    select: Callable[[bytes, list[R], Sequence[int]], T]

    def take(
        self, block: bytes, numbers: range, tally: Tally
    ) -> tuple[T | None, ProtocolError | None]:
        """Do what `Take` says."""
        records, error = decode_block(block, numbers, fast=self.fast, slow=self.slow)
        if not records:
            return None, error
        ids = [record.custom_id for record in records]
        places = tally.add(ids, [record.result.type for record in records])
        if places is None and error is None:
            return self.whole(block, records), None
        return self.select(block, records, range(len(records)) if places is None else places), error


def _all_records(_block: bytes, records: list[BatchResult]) -> list[BatchResult]:
    return records


def _select_records(
    _block: bytes, records: list[BatchResult], places: Sequence[int]
) -> list[BatchResult]:
    return [records[place] for place in places]


def _all_lines(block: bytes, _keys: list[KeyLine]) -> bytes:
    return block


def _select_lines(block: bytes, _keys: list[KeyLine], places: Sequence[int]) -> bytes:
    lines = split_lines(block)
    return b"".join(lines[place] + b"\n" for place in places)


RECORDS: Take[list[BatchResult]] = _Form(
    decode_results, decode_result, _all_records, _select_records
).take
"""Typed records, a list for each block."""

LINES: Take[bytes] = _Form(decode_keys, decode_key, _all_lines, _select_lines).take
"""The service's own bytes, whole lines; decoded only as far as counting them needs."""


@final
class Reading(Generic[T]):
    """Frames, decodes and counts one answer.

    Attributes:
        error: Of the line that ended the reading, if one did.
    """

    def __init__(self, take: Take[T], tally: Tally) -> None:
        self._take = take
        self._tally = tally
        self._framer = LineFramer()
        self._line = 1
        self.error: ProtocolError | None = None

    def feed(self, piece: bytes) -> Iterator[T]:
        """Take a piece of the answer; yield what it completes, block by block."""
        for block in self._framer.feed(piece):
            item = self._read(block)
            if item:
                yield item
            if self.error is not None:
                return

    def finish(self) -> T | None:
        """Take the end of the answer; return its last line, if it lacked a newline.

        What is no whole line is left in `error`: the answer was cut off there.
        """
        rest = self._framer.finish()
        return self._read(rest) if rest.strip() else None

    def _read(self, block: bytes) -> T | None:
        stop = self._line + count_line_ends(block) + (not block.endswith(b"\n"))
        item, self.error = self._take(block, range(self._line, stop), self._tally)
        self._line = stop
        return item
