"""A workspace in the middle of its day, and what goes on happening in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import trio

from trio_batches.simulator.dice import roll_dice
from trio_batches.simulator.mixture import Mixture
from trio_batches.simulator.workloads import workloads

if TYPE_CHECKING:
    from random import Random

    from trio_batches.simulator.batch import SimulatedBatch
    from trio_batches.simulator.world import World

__all__ = ("live", "populate_living")

_HOUR = 3600.0
_DAY = 24 * _HOUR

# When batches that run at the start end, in seconds from then: soon enough to be seen.
_ENDINGS = (7.0, 16.0, 28.0, 45.0, 75.0, 130.0, 240.0, 600.0)
_EXPIRES_IN = 35.0
_CANCELS_IN = 20.0

_PAUSES = (8.0, 24.0)
_DURATIONS = (25.0, 240.0)
_CANCEL_EVERY = 3


def populate_living(world: World, batches: int = 60) -> list[SimulatedBatch]:
    """Add a month of batches of several kinds of work, and return them, newest first.

    Some run and end within seconds or minutes, one is about to expire, one is being
    cancelled, some failed in part or whole, and the results of the oldest are gone.

    Args:
        world: Whose seed decides about everything.
        batches: How many there are at least.
    """
    dice = roll_dice(world.seed, "living")
    for place, ends_in in enumerate(_ENDINGS):
        age = 40.0 * (place + 1)
        _add(world, dice, place, age=age, duration=age + ends_in)
    _add(world, dice, 0, age=_DAY - _EXPIRES_IN, duration=1.3 * _DAY)
    stopping = _add(world, dice, 1, age=0.2 * _HOUR, duration=_HOUR)
    stopping.cancel(world.clock.now(), _CANCELS_IN)
    past = max(0, batches - len(world))
    for place in range(past):
        _add_past(world, dice, place, _HOUR * (0.3 + 740 * (place / past) ** 2))
    return list(world.shelf)


async def live(world: World) -> NoReturn:
    """Let batches be created, and now and then one be cancelled, until cancelled itself."""
    dice = roll_dice(world.seed, "life")
    turn = 0
    while True:
        await trio.sleep(dice.uniform(*_PAUSES))
        turn += 1
        if turn % _CANCEL_EVERY == 0 and _cancel_one(world, dice):
            continue
        _add(world, dice, dice.randrange(100), age=0.0, duration=dice.uniform(*_DURATIONS))


def _add(world: World, dice: Random, place: int, *, age: float, duration: float) -> SimulatedBatch:
    kinds = workloads()
    size = int(10 ** dice.uniform(1.3, 3.2))
    mixture = _mixture(dice, size)
    return world.add_scripted_batch(
        kinds[(place * 3 + dice.randrange(2)) % len(kinds)], mixture, age=age, duration=duration
    )


def _add_past(world: World, dice: Random, place: int, age: float) -> None:
    """Add a batch that has ended: most by themselves, some cancelled, some expired."""
    fate = dice.randrange(10)
    if fate == 0 and age > _DAY:
        _add(world, dice, place, age=age, duration=dice.uniform(1.1, 1.5) * _DAY)
        return
    duration = dice.uniform(0.1, 0.9) * min(age, _HOUR)
    batch = _add(world, dice, place, age=age, duration=duration)
    if fate == 1:
        batch.cancel(batch.created_at + 0.4 * duration, 0.1 * duration)


def _mixture(dice: Random, size: int) -> Mixture:
    """Return how requests end: of most batches all well, of some a part, of few none."""
    match dice.randrange(12):
        case 0:
            return Mixture(errored=size)
        case 1 | 2 | 3:
            errored = max(1, size // dice.randrange(8, 40))
            return Mixture(size - errored, errored)
        case _:
            return Mixture(size)


def _cancel_one(world: World, dice: Random) -> bool:
    """Cancel a batch that runs; tell whether there was one."""
    now = world.clock.now()
    running = [
        batch
        for batch in world.shelf
        if not batch.has_ended(now) and batch.cancel_initiated_at is None
    ]
    if not running:
        return False
    dice.choice(running).cancel(now, _CANCELS_IN)
    return True
