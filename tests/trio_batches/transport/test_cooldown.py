from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from trio_batches.transport.cooldown import CoolDown

if TYPE_CHECKING:
    from trio.testing import MockClock


async def test_nothing_is_held_back_before_anything_was_said() -> None:
    start = trio.current_time()
    await CoolDown().wait()
    assert trio.current_time() == start


async def test_every_task_waits_until_the_moment_has_come() -> None:
    cooldown, woken = CoolDown(), list[float]()

    async def wait() -> None:
        await cooldown.wait()
        woken.append(trio.current_time() - start)

    start = trio.current_time()
    cooldown.hold(5)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait)
        nursery.start_soon(wait)
    assert woken == [5, 5]


async def test_the_moment_can_move_away_while_tasks_wait_but_never_closer(
    clock: MockClock,
) -> None:
    cooldown = CoolDown()
    start = trio.current_time()
    cooldown.hold(5)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(cooldown.wait)
        await trio.sleep(3)
        cooldown.hold(10)
        cooldown.hold(1)
    assert clock.current_time() - start == 13
