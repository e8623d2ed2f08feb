"""How fast something grows."""

from __future__ import annotations

from collections import deque
from typing import final

__all__ = ("Speed",)

WINDOW = 3.0
"""Seconds that are looked back upon."""

SHORTEST = 0.5
"""Seconds without which a speed would be a guess."""


@final
class Speed:
    """The growth of a number over the last seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def note(self, now: float, number: int) -> float | None:
        """Take note of the number, and return its growth a second; None while that is unknown.

        Args:
            now: In seconds, on a clock that never goes back.
            number: What grows.
        """
        samples = self._samples
        samples.append((now, number))
        while now - samples[0][0] > WINDOW and len(samples) > 2:  # noqa: PLR2004  # it takes two
            samples.popleft()
        began, before = samples[0]
        passed = now - began
        return (number - before) / passed if passed >= SHORTEST else None
