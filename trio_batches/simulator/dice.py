"""Reproducible chance: the same seed gives the same world."""

from __future__ import annotations

from math import gcd
from random import Random

__all__ = ("Shuffle", "roll_dice", "roll_id")

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def roll_dice(*seeds: object) -> Random:
    """Return a random generator that depends on nothing but the seeds."""
    return Random("/".join(map(str, seeds)))  # noqa: S311  # a game's dice, no secrets


def roll_id(dice: Random, prefix: str) -> str:
    """Return an id of the service's look: a prefix, a version and 22 characters."""
    return f"{prefix}_01{''.join(dice.choices(_ALPHABET, k=22))}"


class Shuffle:
    """A permutation of `range(size)` that takes no memory: `(factor * i + offset) % size`."""

    __slots__ = ("factor", "offset", "size")

    def __init__(self, size: int, dice: Random | None = None) -> None:
        self.size: int = size
        self.factor: int = 1
        self.offset: int = 0
        if dice is not None and size > 1:
            self.offset = dice.randrange(size)
            self.factor = dice.randrange(1, size)
            while gcd(self.factor, size) != 1:
                self.factor = self.factor % size + 1

    def __getitem__(self, index: int) -> int:
        """Return where an index goes."""
        return (self.factor * index + self.offset) % self.size
