"""The last look at what is drawn: nothing in it steers the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.filter import LineFilter
from typing_extensions import override

if TYPE_CHECKING:
    from textual.color import Color

__all__ = ("Harmless",)

_STEERING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the writing direction
    "\u2028\u2029\ufeff\U000e0000-\U000e007f]"  # separators, byte order mark, tags
)
"""None of it takes a cell of the terminal, so that the rest stays in its place."""

_HALVES: Final = re.compile("[\ud800-\udfff]")


class Harmless(LineFilter):
    """Leaves out what steers a terminal, and marks what cannot be sent to one.

    What the app shows was made plain before; lines to type in show what was typed,
    pasted, or completed.
    """

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments that may be drawn."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(_drawn(segment.text), *segment[1:]) for segment in segments]


def _drawn(text: str) -> str:
    return _HALVES.sub("�", _STEERING.sub("", text))
