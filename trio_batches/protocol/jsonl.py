r"""JSON Lines without I/O: bytes in whatever pieces they arrive, blocks of whole lines out.

Lines end at `\n` and nowhere else: a JSON string may hold U+2028, U+0085 and
other characters that text-oriented splitters break at. `\r\n` and blank lines
are harmless, since the JSON decoder takes `\r` as white space and skips lines
that hold nothing. The last line may lack its newline, as the service's answers
did until 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

from trio_batches.errors import ProtocolError

__all__ = ("LineFramer", "count_line_ends", "decode_block", "split_lines")

T = TypeVar("T")

MAX_LINE_BYTES = 1 << 30
"""No result comes near this; a stream without newlines must not fill the memory."""


class LineFramer:
    """Cuts a byte stream into blocks of whole lines, in time linear in its length."""

    def __init__(self, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._partial: list[bytes] = []
        self._partial_size = 0

    def feed(self, chunk: bytes) -> bytes:
        r"""Take the next piece and return every line that it completes.

        The result is empty or ends with `\n`.

        Raises:
            ProtocolError: A line is longer than `max_line_bytes`.
        """
        end = chunk.rfind(b"\n") + 1
        if end == 0:
            self._keep(chunk)
            return b""
        if self._partial_size + chunk.find(b"\n") > self._max_line_bytes:
            raise self._too_long()
        block = b"".join((*self._partial, memoryview(chunk)[:end]))
        self._partial.clear()
        self._partial_size = 0
        if end < len(chunk):
            self._keep(chunk[end:])
        return block

    def finish(self) -> bytes:
        """Return what followed the last newline: a last line without one, or a cut-off one."""
        rest = b"".join(self._partial)
        self._partial.clear()
        self._partial_size = 0
        return rest

    def _keep(self, piece: bytes) -> None:
        self._partial.append(piece)
        self._partial_size += len(piece)
        if self._partial_size > self._max_line_bytes:
            raise self._too_long()

    def _too_long(self) -> ProtocolError:
        return ProtocolError(f"a line is longer than {self._max_line_bytes:,} bytes")


def split_lines(block: bytes) -> list[bytes]:
    r"""Return the lines of a block that hold something, without their `\n` or `\r\n`."""
    return [line for raw in block.split(b"\n") if (line := raw.rstrip(b"\r")).strip()]


def count_line_ends(block: bytes) -> int:
    r"""Count `\n` ten times as fast as `bytes.count`, which goes byte by byte."""
    return len(block) - len(block.replace(b"\n", b""))


def decode_block(
    block: bytes,
    numbers: range,
    *,
    fast: Callable[[bytes], list[T]],
    slow: Callable[[bytes], T],
) -> tuple[list[T], ProtocolError | None]:
    """Decode a block of lines: in one call if all of them fit, else one by one.

    Args:
        block: Whole lines.
        numbers: Those of the lines in their file, counted from 1.
        fast: Decodes all lines of a block, or raises ValueError.
        slow: Decodes one line leniently, or raises ValueError.

    Returns:
        The records, and the error of the line that ended them, if one did.
    """
    records: list[T]
    try:
        records = fast(block)
        # msgspec takes values that span lines or share one, too.
        if len(records) == len(numbers):
            return records, None
    except ValueError:
        pass  # something in it needs the lenient way, which tells what
    lenient: list[T] = []
    for number, line in _numbered(block, numbers.start):
        try:
            lenient.append(slow(line))
        except ValueError as exc:
            return lenient, ProtocolError(f"line {number:,}: {exc}", line=number)
    return lenient, None


def _numbered(block: bytes, first_line: int) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(block.split(b"\n"), first_line):
        if line.strip():
            yield number, line
