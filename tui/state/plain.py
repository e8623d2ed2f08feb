"""Text from elsewhere, made into a line that is as wide as it is measured."""

from __future__ import annotations

import re

__all__ = ("LINE_LENGTH", "plain_line")

LINE_LENGTH = 200
"""Characters of a text that a line shows at most."""

_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the writing direction
    "\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # separators, byte order mark, tags
    "\ud800-\udfff"  # halves of characters, which no terminal can be sent
    "\u00ad\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\U000e0100-\U000e01ef"  # joiners, variants
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"  # flags and skin tones
)
"""What steers a terminal, or what terminals disagree about the width of."""


def plain_line(text: str, length: int = LINE_LENGTH) -> str:
    """Return the beginning of a text on one line, harmless for a terminal.

    Control characters are shown as symbols; what joins or varies characters is
    left out, so that every character takes the cells that it takes alone.

    Args:
        text: From a file or the service.
        length: Characters of it that are looked at.
    """
    text = text[:length]
    if text.isascii() and text.isprintable():
        return text
    return _ODD.sub(_symbol, text.replace("\r\n", "\n"))


def _symbol(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character == "\n":
        return "⏎"
    if character == "\t":
        return " "
    if code < 0x20:  # noqa: PLR2004  # the block of control pictures mirrors the first 32
        return chr(0x2400 + code)
    if 0x1F1E6 <= code <= 0x1F1FF:  # noqa: PLR2004  # the letters of flags
        return chr(code - 0x1F1E6 + ord("A"))
    if character in _LEFT_OUT:
        return ""
    return "␡" if character == "\x7f" else "�"


_LEFT_OUT = frozenset(
    map(
        chr,
        (
            0xAD,
            *range(0x200B, 0x200E),
            *range(0x2060, 0x2065),
            *range(0xFE00, 0xFE10),
            *range(0x1F3FB, 0x1F400),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
