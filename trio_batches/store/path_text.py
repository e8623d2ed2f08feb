"""Paths as text that can be written down: they are bytes, and need not be UTF-8."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

__all__ = ("path_of", "path_text")

_URI = "file://"


def path_text(path: Path) -> str:
    """Return a path as it is, or as a `file:` URI if it is not UTF-8."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return path.absolute().as_uri()
    return text


def path_of(text: str) -> Path:
    """Return the path that `path_text` has written down."""
    if text.startswith(f"{_URI}/"):
        return Path(os.fsdecode(unquote_to_bytes(text.removeprefix(_URI))))
    return Path(text)
