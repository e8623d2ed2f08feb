"""A compressed results file, unpacked into a private file without a name."""

from __future__ import annotations

import gzip
import os
import tempfile
from typing import TYPE_CHECKING, Protocol, final

from tui.state.row_index import RowIndex, UnreadableError, open_lines

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("Unpacking", "open_results")

PIECE = 1 << 20


class _Packed(Protocol):
    @property
    def closed(self) -> bool: ...

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


def open_results(path: Path) -> tuple[RowIndex, Unpacking | None]:
    """Open a results file; a compressed one is unpacked in steps while it is read.

    Raises:
        UnreadableError: It is not there, not a file, or packed in a way that needs more.
    """
    index = open_lines(path)
    if path.suffix not in (".gz", ".zst"):
        return index, None
    index.close()
    packed = _open_packed(path)
    unpacking = Unpacking(path, packed)
    return unpacking.index, unpacking


def _open_packed(path: Path) -> _Packed:
    if path.suffix == ".gz":
        return gzip.open(path)
    try:
        import zstandard  # noqa: PLC0415  # an extra that few need
    except ImportError:
        raise UnreadableError(
            f"{path}: reading zstd needs a package that is not installed: "
            f"pip install 'trio-batches[zstd]', or run `zstd -d` on it"
        ) from None
    reader: _Packed = zstandard.ZstdDecompressor().stream_reader(
        path.open("rb"), read_across_frames=True
    )
    return reader


@final
class Unpacking:
    """Writes what a packed file holds into a file that goes when it is closed.

    Args:
        path: The packed file, for messages.
        packed: What unpacks it.
    """

    def __init__(self, path: Path, packed: _Packed) -> None:
        self._path = path
        self._packed = packed
        self._plain = tempfile.TemporaryFile()  # noqa: SIM115  # readable by nobody else
        self.index: RowIndex = RowIndex(os.dup(self._plain.fileno()))

    def step(self) -> bool:
        """Unpack a megabyte more; return whether there was any.

        Raises:
            UnreadableError: The file is cut off or damaged; all before that is there.
        """
        if self._packed.closed:
            return False
        try:
            data = self._packed.read(PIECE)
        except Exception as exc:  # zlib has one error, zstandard has another
            self.close()
            raise UnreadableError(f"{self._path} is cut off or damaged: {exc}") from exc
        if data:
            self._plain.write(data)
            self._plain.flush()
        else:
            self.close()
        return bool(data)

    def close(self) -> None:
        """Let go of both files; the index keeps what was unpacked."""
        self._packed.close()
        self._plain.close()
