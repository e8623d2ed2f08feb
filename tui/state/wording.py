"""Numbers, times and states as people read them, in few cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from trio_batches import KnownBatch

__all__ = ("STATES", "ago", "count", "megabytes", "span", "state_of", "status_words")

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))

STATES: dict[str, tuple[str, str]] = {
    "in_progress": ("▶", "in progress"),
    "canceling": ("◼", "cancelling"),
    "ended": ("✓", "ended"),
    "failures": ("!", "ended"),
    "archived": ("◌", "archived"),
}
"""Glyph and word of what a batch is like."""


def state_of(batch: KnownBatch) -> str:
    """Return which of `STATES` a batch is in, or its status if that is a new one."""
    if batch.status != "ended":
        return batch.status
    if batch.archived_at is not None:
        return "archived"
    return "failures" if batch.total > batch.succeeded else "ended"


def status_words(batch: KnownBatch) -> str:
    """Return glyph and word for a batch's state."""
    glyph, word = STATES.get(state_of(batch), ("?", batch.status))
    return f"{glyph} {word}"


def span(length: timedelta) -> str:
    """Return a length of time in the largest unit of which it has two or more, such as `3h`."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, as `3h ago`; `just now` for the last seconds."""
    passed = now - moment
    return "just now" if passed.total_seconds() < 2 else f"{span(passed)} ago"  # noqa: PLR2004


def count(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"


def megabytes(size: float) -> str:
    """Return a number of bytes in the unit that suits it."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{int(size)} B"
