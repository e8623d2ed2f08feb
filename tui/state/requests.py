"""The requests of a batch, found by their custom_id."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import msgspec
from msgspec import Struct

from tui.state.kinds import BLOCK_BYTES
from tui.state.row_index import UnreadableError, open_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tui.state.row_index import RowIndex

__all__ = ("Requests", "kept_requests", "open_requests")


class _Id(Struct, gc=False):
    custom_id: str = ""


_ID = msgspec.json.Decoder(_Id)
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)


def kept_requests(results: Path) -> Path:
    """Return where the requests of a batch are kept, if its results are where downloads go."""
    name = f"{results.name.partition('.jsonl')[0]}.jsonl"
    return results.parent.with_name("requests") / name


def open_requests(path: Path | None) -> Requests | None:
    """Return the requests that are kept in a file; None where there is no such file."""
    if path is None:
        return None
    try:
        return Requests(open_lines(path))
    except UnreadableError:
        return None


@final
class Requests:
    """A file of requests, whose ids are found in steps; a batch has 100,000 at most."""

    def __init__(self, index: RowIndex) -> None:
        self._index = index
        self._rows: dict[str, int] = {}
        self._seen = 0

    @property
    def is_done(self) -> bool:
        """Whether the whole file has been looked at."""
        return self._index.is_done and self._seen >= len(self._index)

    def step(self) -> bool:
        """Look at some more requests; return whether there were any."""
        more = self._index.step()
        first, end = self._seen, len(self._index)
        if first >= end:
            return more
        stop = self._index.rows_within(first, end, BLOCK_BYTES)
        self._rows.update(zip(self._ids(first, stop), range(first, stop), strict=True))
        self._seen = stop
        return True

    def find(self, custom_id: str) -> bytes | None:
        """Return a request's line; None where there is none, or it was not reached yet."""
        row = self._rows.get(custom_id)
        return None if row is None else self._index.line(row)

    def _ids(self, first: int, stop: int) -> list[str]:
        try:
            lines = _ID.decode_lines(self._index.block(first, stop))
        except _UNFIT:
            lines = []
        if len(lines) == stop - first:
            return [line.custom_id for line in lines]
        return [_id_of(self._index.line(row)) for row in range(first, stop)]


def _id_of(line: bytes) -> str:
    try:
        return _ID.decode(line).custom_id
    except _UNFIT:
        return ""
