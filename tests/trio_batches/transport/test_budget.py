from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from trio_batches.transport.budget import RequestBudget
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network


async def starts(budget: RequestBudget, count: int) -> list[float]:
    """Return when each of some requests of as many tasks may start."""
    begun = trio.current_time()
    found: list[float] = []

    async def ask() -> None:
        await budget.wait()
        found.append(round(trio.current_time() - begun, 6))

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(ask)
    return found


async def test_without_a_limit_nothing_waits() -> None:
    assert await starts(RequestBudget(None), 100) == [0] * 100


async def test_slow_requests_are_a_fixed_time_apart() -> None:
    assert await starts(RequestBudget(30), 4) == [0, 2, 4, 6]


async def test_fast_requests_may_use_what_a_second_brings_at_once() -> None:
    assert await starts(RequestBudget(240), 6) == [0, 0, 0, 0, 0.25, 0.5]


async def test_what_was_not_used_in_a_while_is_not_saved_up() -> None:
    budget = RequestBudget(120)
    await starts(budget, 2)
    await trio.sleep(1000)

    assert await starts(budget, 4) == [0, 0, 0.5, 1]


@pytest.mark.parametrize("per_minute", [1, 7, 60, 90, 1000])
async def test_no_minute_has_more_requests_than_the_limit_and_one_second_of_it(
    per_minute: int,
) -> None:
    times = await starts(RequestBudget(per_minute), 3 * per_minute)

    for first in times:
        within = sum(first <= time < first + 60 for time in times)
        assert within <= per_minute + max(1, per_minute / 60)


async def test_all_tasks_of_a_client_share_one_budget(network: Network) -> None:
    world = network.serve()
    ids = [world.add_ended_batch(1) for _ in range(6)]
    begun = trio.current_time()

    async with (
        network.client(limits=Limits(requests_per_minute=60)) as client,
        trio.open_nursery() as nursery,
    ):
        for batch_id in ids:
            nursery.start_soon(client.messages.batches.retrieve, batch_id)

    assert trio.current_time() - begun == pytest.approx(5)
    assert len(world.requests) == 6


async def test_a_client_counts_how_often_it_was_asked_to_slow_down(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(1)
    async with network.client() as client:
        await client.messages.batches.retrieve(batch_id)
        assert client.slowdowns == 0
