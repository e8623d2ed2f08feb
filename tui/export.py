"""Result lines written to a file: as they are, or as a table."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from typing import TYPE_CHECKING, Final, final

from tui.state.record import answer_text
from tui.state.result_line import summarize_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.state.row_index import RowIndex

__all__ = ("CSV_COLUMNS", "Export")

CSV_COLUMNS: Final = (
    "row",
    "custom_id",
    "type",
    "model",
    "stop_reason",
    "tokens_in",
    "tokens_out",
    "error_type",
    "text",
)
STEP_BYTES = 1 << 20
"""Written before others have their turn."""


@final
class Export:
    """Writes some lines to a file that only its owner can read; it is there whole, or not.

    Args:
        index: Where the lines are.
        lines: Their numbers.
        path: The file; with the ending `.csv` it becomes a table, with any other the lines
            are written as they are.
        replaces: Whether a file of this name may be replaced.

    Raises:
        OSError: The file cannot be written there.
    """

    def __init__(
        self, index: RowIndex, lines: Sequence[int], path: Path, *, replaces: bool = False
    ) -> None:
        self._index = index
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
            self._file.write(_csv_line(CSV_COLUMNS))

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
        self._file.close()
        with contextlib.suppress(OSError):
            self._part.unlink()

    def _write(self) -> None:
        size = 0
        while self.written < self.total and size < STEP_BYTES:
            line = self._lines[self.written]
            data = self._row(line) if self._csv else self._index.line(line) + b"\n"
            size += self._file.write(data)
            self.written += 1

    def _row(self, line: int) -> bytes:
        summary = summarize_row(self._index, line)
        text = answer_text(self._index.line(line)) or summary.text
        return _csv_line(
            (
                line + 1,
                summary.custom_id,
                summary.type,
                summary.model,
                summary.stop_reason,
                summary.tokens_in,
                summary.tokens_out,
                summary.error_type,
                text,
            )
        )

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
