"""A compressed results file, unpacked into a private file without a name."""

from __future__ import annotations

import os
import sys
import tempfile
import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, final

from tui.state.row_index import RowIndex, UnreadableError, open_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ("Unpacking", "open_results")

PIECE = 64 << 10
"""Bytes unpacked at once: they may become a hundred times as many."""

GZIP_FORMAT = 31
"""What zlib calls a gzip header with the largest window."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def open_results(path: Path) -> tuple[RowIndex, Unpacking | None]:
    """Open a results file; a compressed one is unpacked in steps while it is read.

    Raises:
        UnreadableError: It is not there, not a file, or packed in a way that needs more.
    """
    index = open_lines(path)
    packing = path.name.rpartition(".jsonl")[2]  # also of a part: `.gz.1a2b3c4d.part`
    if packing.startswith(".gz") or path.suffix == ".gz":
        return _unpacked(path, lambda: zlib.decompressobj(GZIP_FORMAT))
    if packing.startswith(".zst") or path.suffix == ".zst":
        return _unpacked(path, _zstd(path))
    return index, None


def _unpacked(path: Path, make: Callable[[], _Decompressor]) -> tuple[RowIndex, Unpacking]:
    unpacking = Unpacking(path, make)
    return unpacking.index, unpacking


def _zstd(path: Path) -> Callable[[], _Decompressor]:
    try:
        zstd = import_module(
            "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
        )
    except ImportError:
        raise UnreadableError(
            f"{path}: reading zstd needs a package that is not installed: "
            f"pip install 'trio-batches[zstd]', or run `zstd -d` on it"
        ) from None
    make: Callable[[], _Decompressor] = zstd.ZstdDecompressor
    return make


@final
class Unpacking:
    """Writes what a packed file holds into a file that goes when it is closed.

    A file that is still being written is followed.

    Args:
        path: The packed file.
        make: Makes what unpacks it, or the next of several parts.
    """

    def __init__(self, path: Path, make: Callable[[], _Decompressor]) -> None:
        self._path = path
        self._make = make
        self._decompressor = make()
        self._begun = False
        self._packed = path.open("rb")
        self._plain = tempfile.TemporaryFile()  # noqa: SIM115  # readable by nobody else
        self.index: RowIndex = RowIndex(os.dup(self._plain.fileno()))
        """The lines, as far as they were unpacked."""
        self.lacks_end: bool = False
        """Whether the file ended before what is packed in it: cut off, or still written."""

    def step(self) -> bool:
        """Unpack some more; return whether there was any.

        Raises:
            UnreadableError: The file is damaged; all before that is there.
        """
        if self._packed.closed:
            return False
        data = self._packed.read(PIECE)
        more = bool(data)
        self.lacks_end = not more and self._begun and not self._decompressor.eof
        while data:
            data = self._unpack(data)
        self._plain.flush()
        return more

    def close(self) -> None:
        """Let go of both files; the index keeps what was unpacked."""
        self._packed.close()
        self._plain.close()

    def _unpack(self, data: bytes) -> bytes:
        """Unpack up to the end of a part; return what comes after it."""
        if self._decompressor.eof:
            self._decompressor = self._make()
        self._begun = True
        try:
            self._plain.write(self._decompressor.decompress(data))
        except Exception as exc:  # zlib has one error, zstd has another
            self.close()
            raise UnreadableError(f"{self._path} is damaged: {exc}") from exc
        return self._decompressor.unused_data if self._decompressor.eof else b""
