"""Cancelled at every step, a client leaves nothing open and raises nothing of its own."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
import trio
from trio.testing import MockClock
from typing_extensions import override

from tests.trio_batches.client.create_requests import requests
from tests.trio_batches.transport.peers import open_network
from trio_batches.simulator import Answer, Cut, Fault, Scenario, World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from trio_batches.client import Client

    Use = Callable[[Client, str], Awaitable[object]]


class CancelAfter(trio.abc.Instrument):
    """Cancels a scope before the so-manieth step of any task."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.scope = trio.CancelScope()

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.left -= 1
        if self.left == 0:
            self.scope.cancel()


async def records(client: Client, batch_id: str) -> None:
    async with client.messages.batches.results(batch_id) as results:
        async for _ in results:
            pass


async def lines(client: Client, batch_id: str) -> None:
    async with client.messages.batches.results(batch_id) as results:
        async for _ in results.line_blocks():
            await trio.sleep(0.1)


async def prefetched(client: Client, _batch_id: str) -> None:
    async with client.messages.batches.list(limit=1) as batches:
        async for _ in batches:
            await trio.sleep(0.1)


async def on_demand(client: Client, _batch_id: str) -> None:
    async for _ in client.messages.batches.list(limit=1):
        pass


async def create(client: Client, _batch_id: str) -> None:
    await client.messages.batches.create(requests(300, "x" * 1000))


async def left_early(client: Client, batch_id: str) -> None:
    async with client.messages.batches.results(batch_id) as results:
        async for _ in results:
            break
    async with client.messages.batches.list(limit=1) as batches:
        async for _ in batches:
            break


async def raising(client: Client, batch_id: str) -> None:
    with pytest.raises(ValueError, match="mine"):  # noqa: PT012  # leaving the block is the test
        async with client.messages.batches.results(batch_id) as results:
            async for _ in results:
                await trio.lowlevel.checkpoint()
                raise ValueError("mine")


USES: list[Use] = [records, lines, prefetched, on_demand, create, left_early, raising]


@pytest.fixture
def _quick_collections() -> Iterator[None]:
    """Keep what is there already out of the collections of garbage."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def make_world() -> World:
    faults = (
        Fault(operation="results", cut=Cut(place="inside_line", at=3)),
        Fault(operation="list", nth=2, answer=Answer(status=500)),
        Fault(operation="create", answer=Answer(status=429)),
    )
    world = World(scenario=Scenario(faults=faults, latency=0.1))
    for _ in range(3):
        world.add_ended_batch(120)
    return world


def run_until(steps: int, use: Use) -> bool:
    """Use a client, cancelled before so many steps; tell whether it took as many."""
    cancel = CancelAfter(steps)

    async def main() -> None:
        async with open_network() as network:
            world = network.serve(world=make_world())
            batch_id = world.batch_ids[0]
            outcome: BaseException | None = None
            trio.lowlevel.add_instrument(cancel)
            async with network.client() as client:
                with cancel.scope:
                    try:
                        await use(client, batch_id)
                    except BaseException as error:
                        outcome = error
                        raise
                assert outcome is None or isinstance(outcome, trio.Cancelled), repr(outcome)
                trio.lowlevel.remove_instrument(cancel)
                await client.models.list()  # the pool still works
            await trio.sleep(1)  # the peers' latency
            assert network.open == 0
            gc.collect()

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return cancel.left <= 0


@pytest.mark.usefixtures("_quick_collections")
@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_cancelled_at_any_step_nothing_stays_open_and_only_cancelled_is_raised(use: Use) -> None:
    steps = 1
    while run_until(steps, use):
        steps += 1
    assert steps > 30


def close_after(steps: int, use: Use) -> bool:
    """Cancel the client's own block, so that it closes its pool while cancelled."""
    cancel = CancelAfter(steps)

    async def main() -> None:
        async with open_network() as network:
            world = network.serve(world=make_world())
            trio.lowlevel.add_instrument(cancel)
            with cancel.scope:
                async with network.client() as client:
                    await use(client, world.batch_ids[0])
            trio.lowlevel.remove_instrument(cancel)
            await trio.sleep(1)  # the peers' latency
            assert network.open == 0
            gc.collect()

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return cancel.left <= 0


@pytest.mark.usefixtures("_quick_collections")
@pytest.mark.parametrize("use", [records, prefetched], ids=lambda use: use.__name__)
def test_a_client_that_is_closed_while_cancelled_closes_every_connection(use: Use) -> None:
    steps = 1
    while close_after(steps, use):
        steps += 1
    assert steps > 30


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_given_up_by_a_deadline_at_any_moment_nothing_stays_open(use: Use) -> None:
    async def main(deadline: float) -> None:
        async with open_network() as network:
            world = network.serve(world=make_world())
            async with network.client() as client:
                with trio.move_on_after(deadline):
                    await use(client, world.batch_ids[0])
            await trio.sleep(1)  # the peers' latency
            assert network.open == 0

    for tenths in range(15):
        trio.run(main, tenths / 10 + 0.05, clock=MockClock(autojump_threshold=0))
