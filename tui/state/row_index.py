"""Where the lines of a file begin, found piece by piece, while the file may still grow."""

from __future__ import annotations

import os
import re
import stat
import weakref
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("STEP_BYTES", "RowIndex", "UnreadableError", "open_lines")

STEP_BYTES = 1 << 20
"""Read at once: a millisecond's work, after which others have their turn."""

_LINE_END = re.compile(rb"\n[\r\n]*")
_BLANK = re.compile(rb"[\r\n]*")


class UnreadableError(Exception):
    """A file cannot be shown; the text is a sentence that says which, and why."""


def open_lines(path: Path) -> RowIndex:
    """Open a file of lines.

    Raises:
        UnreadableError: It is not there, not a file, or not ours to read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as exc:
        raise UnreadableError(f"{path}: {exc.strerror}") from exc
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        what = "a folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "no regular file"
        os.close(descriptor)
        raise UnreadableError(f"{path}: this is {what}, not a file of results")
    return RowIndex(descriptor)


@final
class RowIndex:
    r"""The lines of an open file; blank ones do not count.

    Lines end in `\n` or `\r\n`; the last one may lack its end. The file is known by
    its descriptor, so that it may be renamed meanwhile. One thread scans, any other
    may read lines.

    Args:
        descriptor: Of a regular file; it is closed with the index.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._starts: array[int] = array("Q")
        self._at_start = True
        self.scanned: int = 0
        """Bytes that have been looked at."""
        self.size: int = os.fstat(descriptor).st_size
        """Bytes of the file when it was last looked at."""
        self.generation: int = 0
        """Goes up when the file was cut off, and its lines are counted anew."""
        self.close = weakref.finalize(self, os.close, descriptor)

    def __len__(self) -> int:
        """Return how many lines have been found."""
        return len(self._starts)

    @property
    def ends_in_line(self) -> bool:
        """Whether what was found last is a line without its end: cut off, or still written."""
        return not self._at_start

    @property
    def is_done(self) -> bool:
        """Whether all that was in the file when it was last looked at has been scanned."""
        return self.scanned >= self.size

    def step(self) -> bool:
        """Scan up to a megabyte more; return whether there was any."""
        self.size = os.fstat(self._descriptor).st_size
        if self.size < self.scanned:
            self._begin_again()
        data = os.pread(self._descriptor, STEP_BYTES, self.scanned)
        if data:
            self._take(data)
        return bool(data)

    def start(self, row: int) -> int:
        """Return the byte at which a line begins; for the row after the last, where it ends."""
        try:
            return self._starts[row]
        except IndexError:  # asking first would be too early: the other thread may cut them off
            return self.scanned

    def length(self, row: int) -> int:
        """Return how many bytes a line takes, its end included."""
        return max(0, self.start(row + 1) - self.start(row))

    def line(self, row: int, limit: int | None = None) -> bytes:
        """Return a line without its end.

        Args:
            row: Its number, from 0.
            limit: Bytes of it that are wanted at most.
        """
        length = self.length(row)
        if limit is not None:
            length = min(length, limit)
        return self._read(self.start(row), length).partition(b"\n")[0].removesuffix(b"\r")

    def tail(self, row: int, limit: int) -> bytes:
        """Return the last bytes of a line, without its end."""
        start, end = self.start(row), self.start(row + 1)
        begin = max(start, end - limit)
        return self._read(begin, end - begin).rstrip(b"\r\n")

    def block(self, first: int, end: int) -> bytes:
        """Return the bytes of some lines that follow each other."""
        start = self.start(first)
        return self._read(start, max(0, self.start(end) - start))

    def rows_within(self, first: int, end: int, size: int = STEP_BYTES) -> int:
        """Return where to stop so that lines from `first` on take about so many bytes.

        It is at least one line on, and never beyond `end`.
        """
        limit = self.start(first) + size
        if self.start(end) <= limit:
            return end
        return max(first + 1, bisect_right(self._starts, limit, first, end) - 1)

    def row_at(self, offset: int, first: int, end: int) -> int:
        """Return which of some lines holds a byte."""
        return bisect_right(self._starts, offset, first, end) - 1

    def _read(self, offset: int, length: int) -> bytes:
        pieces: list[bytes] = []
        while length > 0 and (piece := os.pread(self._descriptor, length, offset)):
            pieces.append(piece)
            offset += len(piece)
            length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _take(self, data: bytes) -> None:
        base, end = self.scanned, len(data)
        found: list[int] = []
        begin = 0
        if self._at_start:
            blank = _BLANK.match(data)
            begin = blank.end() if blank else 0
            found.append(base + begin)
        found += [base + match.end() for match in _LINE_END.finditer(data, begin)]
        self._at_start = bool(found) and found[-1] == base + end
        if self._at_start:
            found.pop()
        self.scanned = base + end  # first, for those who read the last line meanwhile
        self._starts.extend(found)

    def _begin_again(self) -> None:
        self._starts = array("Q")
        self._at_start = True
        self.scanned = 0
        self.generation += 1
