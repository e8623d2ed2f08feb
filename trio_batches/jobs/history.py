"""How long earlier batches took."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_batches.store import KnownBatch

__all__ = ("usual_duration",)

FACTOR = 3
"""A batch of up to so many times more, or fewer, requests is of the same size."""

FEWEST = 3
"""Less of them would tell nothing."""


def usual_duration(batches: Iterable[KnownBatch], requests: int) -> timedelta | None:
    """Return how long earlier batches of about this size took, the median of them.

    It is what happened to them, not a promise: the service tells nothing of a
    batch's progress.

    Args:
        batches: Such as a ledger's; those that have not ended are left out.
        requests: How many requests the batch has.

    Returns None where there are fewer than three.
    """
    took = [
        (batch.ended_at - batch.created_at).total_seconds()
        for batch in batches
        if batch.ended_at is not None
        and requests <= FACTOR * batch.total
        and batch.total <= FACTOR * requests
    ]
    return timedelta(seconds=median(took)) if len(took) >= FEWEST else None
