"""Compressed answers, unpacked in steps: a little input may hold very much."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol, final

from trio_batches.protocol.zstd import has_zstd, load_zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("Decoding", "DecodingError", "encodings")

STEP_BYTES = 1 << 20
"""Unpacked at a time: a few milliseconds in which no other task has its turn."""

_WINDOW_LOG = 23
"""A zstd answer may ask for so much memory, 8 MiB. Source: RFC 9659."""

_GZIP, _ZLIB, _RAW = 31, 15, -15
"""What zlib calls these formats, each with the largest window."""

_FORMATS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_GZIP_MAGIC = b"\x1f\x8b"
_KNOWN_BY = 2


class DecodingError(Exception):
    """A body is not what its header says."""


def encodings() -> str:
    """Return what to offer to the service."""
    return ", ".join(("gzip", "deflate", *(["zstd"] if has_zstd() else [])))


class _Layer(Protocol):
    """Takes one encoding off."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...


@final
class Decoding:
    """Takes the content encodings off a body.

    Args:
        header: The answer's `content-encoding`; encodings that nobody asked for are passed over.
    """

    def __init__(self, header: str) -> None:
        names = [name.strip().lower() for name in header.split(",")]
        layers = map(_layer, reversed(names))
        self._layers: list[_Layer] = [layer for layer in layers if layer is not None]

    def feed(self, data: bytes, depth: int = 0) -> Iterator[bytes]:
        """Take a piece of the body; yield what is in it, a step at a time.

        Raises:
            DecodingError: It is not what the header says.
        """
        if depth == len(self._layers):
            yield data
            return
        for step in self._layers[depth].feed(data):
            yield from self.feed(step, depth + 1)


def _layer(name: str) -> _Layer | None:
    if name in _FORMATS:
        return _Inflate(_FORMATS[name])
    return _Unzstd() if name == "zstd" and has_zstd() else None


@final
class _Unzstd:
    def __init__(self) -> None:
        self._module = load_zstd()
        self._frame = self._open()

    def feed(self, data: bytes) -> Iterator[bytes]:
        more = bool(data)
        while more:
            if self._frame.eof:  # another frame follows
                self._frame = self._open()
            try:
                step: bytes = self._frame.decompress(data, STEP_BYTES)
            except self._module.ZstdError as error:
                raise DecodingError(str(error)) from error
            data = self._frame.unused_data
            more = bool(data) if self._frame.eof else not self._frame.needs_input
            if step:
                yield step

    def _open(self) -> _Frame:
        most = {self._module.DecompressionParameter.window_log_max: _WINDOW_LOG}
        frame: _Frame = self._module.ZstdDecompressor(options=most)
        return frame


class _Frame(Protocol):
    """A `ZstdDecompressor` of PEP 784."""

    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


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
        except zlib.error as error:
            if self._head is None or self._form != _ZLIB:
                raise DecodingError(str(error)) from error
            # Some servers leave off what the format puts around the data.
            self._form = _RAW
            self._zlib = zlib.decompressobj(_RAW)
            return self._step(self._head + data)
        if self._head is not None:
            head = self._head + data
            self._head = head if len(head) < _KNOWN_BY else None
        return step
