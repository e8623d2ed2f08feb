"""Lines written to a file: as they are, or as a table."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.state.exported import ExportedLines

__all__ = ("Export",)

STEP_BYTES = 1 << 20
"""Written before others have their turn."""


@final
class Export:
    """Writes some lines to a file that only its owner can read; it is there whole, or not.

    Args:
        lines: What to write.
        path: The file; with the ending `.csv` it becomes a table, with any other the lines
            are written as they are.
        replaces: Whether a file of this name may be replaced.

    Raises:
        OSError: The file cannot be written there.
    """

    def __init__(self, lines: ExportedLines, path: Path, *, replaces: bool = False) -> None:
        self._lines = lines
        self._path = path
        self._replaces = replaces
        self._csv = path.suffix.casefold() == ".csv"
        self._part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.fdopen(os.open(self._part, flags, 0o600), "wb")
        self.written: int = 0
        """Lines written so far."""
        self.total: int = len(lines)
        """Lines to write."""
        self.is_done: bool = False
        """Whether the file is there."""
        self.trouble: str = ""
        """Why it is not, and will not be."""
        if self._csv:
            self._file.write(_csv_line(lines.columns))

    def step(self) -> bool:
        """Write some more lines; return whether there are any left."""
        if self.is_done or self.trouble:
            return False
        try:
            self._write()
            if self.written >= self.total:
                self._publish()
        except OSError as exc:
            self.trouble = f"{self._path}: {exc.strerror or exc}"
            self.cancel()
        return not (self.is_done or self.trouble)

    def cancel(self) -> None:
        """Leave no file behind; one that is there stays."""
        with contextlib.suppress(OSError):  # a full disk takes what is buffered no more than before
            self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink()

    def _write(self) -> None:
        size = 0
        while self.written < self.total and size < STEP_BYTES:
            size += self._file.write(self._data(self.written))
            self.written += 1

    def _data(self, place: int) -> bytes:
        return _csv_line(self._lines.row(place)) if self._csv else self._lines.line(place) + b"\n"

    def _publish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        if self._replaces:
            self._part.replace(self._path)
        else:
            os.link(self._part, self._path)  # which fails where there is one
        self.is_done = True
        self.cancel()


def _csv_line(values: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue().encode(errors="replace")
