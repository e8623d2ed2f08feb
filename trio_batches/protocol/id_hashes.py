"""Doubled ids among millions, in eight bytes each."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import final

__all__ = ("IdHashes",)

PARTS = 256
"""Sorting one part at a time keeps what sorting needs small."""


@final
class IdHashes:
    """Finds the ids that may stand in an input twice; hardly ever one that does not.

    Two different ids share a 64-bit hash once in millions of inputs of a million,
    so whoever asks compares the ids of the hashes found here once more.
    """

    def __init__(self) -> None:
        self._parts: tuple[array[int], ...] = tuple(array("q") for _ in range(PARTS))

    def add(self, custom_id: str) -> None:
        """Note an id."""
        value = hash(custom_id)
        self._parts[value % PARTS].append(value)

    def doubled(self) -> frozenset[int]:
        """Return the hashes that were noted more than once."""
        return frozenset(
            first
            for part in self._parts
            for first, second in pairwise(sorted(part))
            if first == second
        )
