"""A world with the kinds of batches that a busy workspace has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.simulator.dice import roll_dice

if TYPE_CHECKING:
    from random import Random

    from trio_batches.simulator.world import World

__all__ = ("populate",)

_DAY = 24 * 3600.0
_RUNNING_SHARE = 10
_SPREAD_DAYS = 32


def populate(world: World, batches: int) -> list[str]:
    """Add batches of all kinds and ages, most of them ended, and return their ids, newest first.

    Args:
        world: Whose seed decides about everything.
        batches: How many; one in ten still runs, and those end within minutes.
    """
    dice = roll_dice(world.seed, "population")
    return [_add(world, dice, place, batches) for place in range(batches)]


def _add(world: World, dice: Random, place: int, batches: int) -> str:
    size = int(10 ** dice.uniform(0.5, 3.5))
    if place < -(-batches // _RUNNING_SHARE):
        age = 60.0 * (place + 1)
        if place % 4 == 3:  # noqa: PLR2004  # now and then someone cancels
            return world.add_canceling_batch(size, age=age, ends_in=dice.uniform(5, 60))
        ends_in = dice.uniform(5, 300)
        return world.add_in_progress_batch(size, errored=size // 50, age=age, ends_in=ends_in)
    age = _DAY * _SPREAD_DAYS * (place + 1) / batches
    match dice.randrange(10):
        case 0 if age > _DAY:
            return world.add_expired_batch(size, expired=size // 3, age=age)
        case 1:
            return world.add_ended_batch(size, canceled=size // 2, age=age)
        case 2 | 3:
            return world.add_ended_batch(size, errored=size // 10, age=age)
        case _:
            return world.add_ended_batch(size, age=age, duration=dice.uniform(60, 3600))
