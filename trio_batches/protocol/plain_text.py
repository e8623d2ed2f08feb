"""Text from elsewhere, made harmless for a terminal."""

from __future__ import annotations

import re

__all__ = ("one_line", "printable")

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the writing direction
    "\u2028\u2029\ufeff\U000e0000-\U000e007f"  # line separators, byte order mark, tags
    "\ud800-\udfff]"  # bytes of a path that are not UTF-8, which no terminal takes
)


def printable(text: str) -> str:
    """Return text in which what could steer a terminal is shown as an escape, not obeyed.

    Line feeds and tabs stay.
    """
    return _UNSAFE.sub(_escape, text)


def one_line(text: str) -> str:
    """Return printable text on a single line."""
    return printable(text).replace("\n", " ⏎ ").replace("\t", " ")


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
