"""Compressed answers, unpacked in steps: a little input may hold very much."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("ENCODINGS", "Decoding")

ENCODINGS = "gzip, deflate"
"""What is offered to the service."""

STEP_BYTES = 1 << 20
"""Unpacked at a time: a few milliseconds in which no other task has its turn."""

_GZIP, _ZLIB, _RAW = 31, 15, -15
"""What zlib calls these formats, each with the largest window."""

_FORMATS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_GZIP_MAGIC = b"\x1f\x8b"
_KNOWN_BY = 2


@final
class Decoding:
    """Takes the content encodings off a body.

    Args:
        header: The answer's `content-encoding`; encodings that nobody asked for are passed over.
    """

    def __init__(self, header: str) -> None:
        names = [name.strip().lower() for name in header.split(",")]
        self._inflates: list[_Inflate] = [
            _Inflate(_FORMATS[name]) for name in reversed(names) if name in _FORMATS
        ]

    def feed(self, data: bytes, depth: int = 0) -> Iterator[bytes]:
        """Take a piece of the body; yield what is in it, a step at a time.

        Raises:
            zlib.error: It is not what the header says.
        """
        if depth == len(self._inflates):
            yield data
            return
        for step in self._inflates[depth].feed(data):
            yield from self.feed(step, depth + 1)


@final
class _Inflate:
    def __init__(self, form: int) -> None:
        self._form = form
        self._zlib = zlib.decompressobj(form)
        self._head: bytes | None = b""
        """What came before the two bytes by which a format is known; None once they have."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        more = True
        while more:
            step = self._step(data)
            data = self._zlib.unconsumed_tail
            more = bool(data) or len(step) == STEP_BYTES
            rest = self._zlib.unused_data
            if self._form == _GZIP and rest.startswith(_GZIP_MAGIC):  # another member follows
                self._zlib = zlib.decompressobj(_GZIP)
                data, more = rest, True
            if step:
                yield step

    def _step(self, data: bytes) -> bytes:
        try:
            step = self._zlib.decompress(data, STEP_BYTES)
        except zlib.error:
            if self._head is None or self._form != _ZLIB:
                raise
            # Some servers leave off what the format puts around the data.
            self._form = _RAW
            self._zlib = zlib.decompressobj(_RAW)
            return self._step(self._head + data)
        if self._head is not None:
            head = self._head + data
            self._head = head if len(head) < _KNOWN_BY else None
        return step
