"""Results files that take less room: written, and read back, as a stream."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal, Protocol, final

from trio_batches.errors import ConfigurationError, ProtocolError
from trio_batches.protocol.zstd import load_zstd

if TYPE_CHECKING:
    from types import ModuleType

__all__ = (
    "SUFFIXES",
    "Compression",
    "Compressor",
    "Lines",
    "check_compression",
    "compression_of",
    "open_compressor",
)

Compression = Literal["gzip", "zstd"]

SUFFIXES: dict[Compression | None, str] = {None: "", "gzip": ".gz", "zstd": ".zst"}
"""What follows `<batch id>.jsonl` in the names of files."""

GZIP_LEVEL = 1
"""134 MB/s, for files 2.6 times smaller (measured on results)."""

ZSTD_LEVEL = 3
GZIP_FORMAT = 31
"""What zlib calls a gzip header with the largest window."""

READ_BYTES = 256 << 10


class Compressor(Protocol):
    """Takes bytes, gives fewer."""

    def compress(self, data: bytes | memoryview, /) -> bytes:
        """Take some bytes; return what is ready."""
        ...

    def flush(self) -> bytes:
        """Return the rest, at the end."""
        ...


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Readable(Protocol):
    """Gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes at most, none at the end."""
        ...


def check_compression(compression: Compression | None) -> None:
    """See whether files can be compressed like this.

    Raises:
        ConfigurationError: A package is missing; it says which.
    """
    if compression == "zstd":
        _zstd()


def compression_of(name: str) -> Compression | None:
    """Return how a file is compressed, by its name, or that of its part."""
    tail = name.rpartition(".jsonl")[2]
    for compression, suffix in SUFFIXES.items():
        if suffix and (tail == suffix or tail.startswith(f"{suffix}.")):
            return compression
    return None


def open_compressor(compression: Compression | None) -> Compressor | None:
    """Return what compresses one file; None where it stays as it is."""
    if compression == "gzip":
        return zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_FORMAT)
    if compression == "zstd":
        compressor: Compressor = _zstd().ZstdCompressor(level=ZSTD_LEVEL)
        return compressor
    return None


@final
class Lines:
    """Reads the lines of a file, whether it is compressed or not.

    Args:
        file: Open, in binary.
        compression: How it is compressed.

    Raises:
        ConfigurationError: A package for it is missing.
    """

    def __init__(self, file: _Readable, compression: Compression | None) -> None:
        self._file = file
        self._decompressor = _open_decompressor(compression)

    def read(self, size: int) -> bytes:
        """Return about as many bytes; none at the end.

        Raises:
            ProtocolError: The file is cut off or damaged; all before that was returned.
        """
        if self._decompressor is None:
            return self._file.read(size)
        while piece := self._file.read(min(size, READ_BYTES)):
            try:
                data = self._decompressor.decompress(piece)
            except Exception as exc:  # zlib has one error, zstd has another
                raise ProtocolError(f"the file is damaged: {exc}") from exc
            if data:
                return data
        if not self._decompressor.eof:
            raise ProtocolError("the file is cut off")
        return b""


def _open_decompressor(compression: Compression | None) -> _Decompressor | None:
    if compression == "gzip":
        return zlib.decompressobj(GZIP_FORMAT)
    if compression == "zstd":
        decompressor: _Decompressor = _zstd().ZstdDecompressor()
        return decompressor
    return None


def _zstd() -> ModuleType:
    try:
        return load_zstd()
    except ImportError:
        raise ConfigurationError(
            "zstd needs a package that is not installed: pip install 'trio-batches[zstd]', "
            "or use gzip"
        ) from None
