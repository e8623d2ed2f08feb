"""Lengths of time as a person would say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ("span",)

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def span(length: timedelta) -> str:
    """Return a length of time in its largest unit of which it has two or more."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
