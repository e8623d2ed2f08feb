"""Damage to results on their way: changed lines, and the place where an answer breaks off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trio_batches.simulator.faults import Cut, Edit

__all__ = ("CutStream", "edit_lines", "leave_off_final_newline", "slice_blocks")


_MOST_BYTES = 256 << 10


class _Line(msgspec.Struct):
    custom_id: str


def edit_lines(blocks: Iterator[bytes], edits: Sequence[Edit]) -> Iterator[bytes]:
    """Change lines of results; blocks without a changed line pass as they are.

    Args:
        blocks: Whole lines only.
        edits: What to change.
    """
    by_line = {edit.line: edit for edit in edits}
    first = 1
    for block in blocks:
        count = block.count(b"\n")
        if any(first <= line < first + count for line in by_line):
            lines = block.removesuffix(b"\n").split(b"\n")
            yield b"".join(_edit(line, by_line.get(first + at)) for at, line in enumerate(lines))
        else:
            yield block
        first += count


def leave_off_final_newline(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Send the last line without the newline that ends it."""
    held: bytes | None = None
    for block in blocks:
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held.removesuffix(b"\n")


def slice_blocks(blocks: Iterator[bytes], size: int = _MOST_BYTES) -> Iterator[bytes]:
    """Cut blocks that are too long for one write."""
    for block in blocks:
        if len(block) <= size:
            yield block
        else:
            yield from (block[at : at + size] for at in range(0, len(block), size))


class CutStream:
    """A body in two parts: what is sent before the cut, and the rest.

    Args:
        blocks: The body.
        cut: Where to cut it.
    """

    def __init__(self, blocks: Iterator[bytes], cut: Cut) -> None:
        self._blocks = blocks
        self._cut = cut
        self._left = cut.at
        self._remainder = b""

    def before(self) -> Iterator[bytes]:
        """Yield the body up to the cut."""
        for block in self._blocks:
            place = self._locate(block)
            if place is None:
                yield block
                continue
            self._remainder = block[place:]
            if place:
                yield block[:place]
            return

    def after(self) -> Iterator[bytes]:
        """Yield what `before` has left."""
        if self._remainder:
            yield self._remainder
        yield from self._blocks

    def _locate(self, block: bytes) -> int | None:
        """Return where in a block the cut is, if it is there."""
        if self._cut.place == "end":
            return None
        if self._cut.place == "byte":
            return self._count_bytes(block)
        return self._count_lines(block)

    def _count_bytes(self, block: bytes) -> int | None:
        if self._left <= len(block):
            return self._left
        self._left -= len(block)
        return None

    def _count_lines(self, block: bytes) -> int | None:
        count = block.count(b"\n")
        inside = self._cut.place == "inside_line"
        if self._left > count or (inside and self._left == count and block.endswith(b"\n")):
            self._left -= count
            return None
        start = 0
        for _ in range(self._left):
            start = block.index(b"\n", start) + 1
        if not inside:
            return start
        end = block.find(b"\n", start)
        return start + max(1, ((len(block) if end < 0 else end) - start) // 2)


def _edit(line: bytes, edit: Edit | None) -> bytes:
    whole = line + b"\n"
    if edit is None:
        return whole
    edited = {
        "duplicate": whole + whole,
        "drop": b"",
        "corrupt": line[: len(line) // 2] + b"\x00\xff{\n",
        "blank": b"\n" + whole,
        "crlf": line + b"\r\n",
    }
    return edited[edit.what] if edit.what != "retype" else _retype(line, edit.result_type)


def _retype(line: bytes, result_type: str) -> bytes:
    custom_id = msgspec.json.decode(line, type=_Line).custom_id
    result = {"custom_id": custom_id, "result": {"type": result_type}}
    return msgspec.json.encode(result) + b"\n"
