"""The ledger after a refresh is what a walk through the whole list would give."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio.testing

from trio_batches.jobs import listing
from trio_batches.jobs.listing import Landmark, list_everything
from trio_batches.jobs.refresh import refresh
from trio_batches.simulator import Scenario, World
from trio_batches.store import Home, open_ledger

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network
    from trio_batches.client import Client
    from trio_batches.store import Ledger

HOUR = 3600.0


@pytest.fixture
def anyio_backend(clock: trio.testing.MockClock) -> tuple[str, dict[str, object]]:
    """Nothing here waits for time, so none has to pass."""
    return "trio", {"clock": clock}


@pytest.fixture
def clock() -> trio.testing.MockClock:
    """Time that stands still: the ledger works in threads, for which no clock may jump."""
    return trio.testing.MockClock()


def filled_world(seed: int, batches: int) -> World:
    world = World(seed=seed, scenario=Scenario(read_timeout=1e6, cancel_seconds=60.0))
    for number in range(batches):
        age = HOUR * (batches - number)
        if number > batches - 6:
            world.add_in_progress_batch(10, age=60.0 * (batches - number), ends_in=HOUR / 2)
        else:
            world.add_ended_batch(10, errored=number % 3, age=age)
    return world


async def walk(client: Client) -> dict[str, str]:
    async with client.messages.batches.list(limit=1000) as batches:
        return {batch.id: batch.processing_status async for batch in batches}


async def in_ledger(ledger: Ledger) -> dict[str, str]:
    return {batch.id: batch.status for batch in await ledger.batches(gone=False)}


@pytest.mark.parametrize("seed", range(12))
async def test_a_full_refresh_gives_what_a_walk_gives_whatever_happened_since(
    network: Network, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(listing, "MAX_PAGE", 7)
    monkeypatch.setattr(list_everything, "__kwdefaults__", {"page_size": 7, "concurrency": 4})
    dice = random.Random(seed)
    world = network.serve(world=filled_world(seed, 60))
    with tempfile.TemporaryDirectory() as folder:
        async with network.client() as client, open_ledger(Home(Path(folder))) as ledger:
            await refresh(client, ledger, full=True)
            for _ in range(4):
                for name in dice.sample(world.batch_ids, 12):
                    batch = await client.messages.batches.retrieve(name)
                    if batch.ended:
                        await client.messages.batches.delete(name)
                    else:
                        await client.messages.batches.cancel(name)
                for _ in range(dice.randrange(10)):
                    world.add_ended_batch(5, age=HOUR * dice.randrange(1, 50))
                world.clock.advance(dice.choice([1.0, 120.0, HOUR]))

                found = await refresh(client, ledger, full=True)

                expected = await walk(client)
                assert await in_ledger(ledger) == expected
                assert set(found.gone).isdisjoint(expected)


@pytest.mark.parametrize("seed", range(6))
async def test_a_quick_refresh_learns_of_new_batches_and_of_those_that_still_ran(
    network: Network, seed: int, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    world = network.serve(world=filled_world(seed, 40))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        first = await refresh(client, ledger)
        world.clock.advance(HOUR)
        new = [world.add_ended_batch(3, age=dice.uniform(1, 60)) for _ in range(5)]

        second = await refresh(client, ledger)

        assert first.seen == len(first.new) == 40
        assert set(second.new) == set(new)
        assert len(second.changed) == 5
        assert second.seen < 40
        assert await in_ledger(ledger) == await walk(client)


async def test_a_batch_that_is_too_young_to_be_listed_is_not_taken_for_gone(
    network: Network, tmp_path: Path
) -> None:
    scenario = Scenario(read_timeout=1e6, listing_delay=60.0)
    world = network.serve(world=World(seed=1, scenario=scenario))
    params = {
        "model": "claude-sonnet-5",
        "max_tokens": 1,
        "messages": [{"role": "user", "content": "hi"}],
    }
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        created = await client.messages.batches.poll(
            (await client.messages.batches.create([{"custom_id": "a", "params": params}])).id
        )
        await ledger.save_batches([(created.batch, created.raw)])

        found = await refresh(client, ledger, full=True)

        assert found.gone == ()
        assert [batch.id for batch in await ledger.batches(gone=False)] == world.batch_ids


async def test_segments_give_the_same_list_in_the_same_order_as_a_walk(network: Network) -> None:
    network.serve(world=filled_world(3, 50))
    async with network.client() as client:
        known = await list_everything(client, ())
        landmarks = [Landmark(name, batch.created_at) for name, (batch, _) in known.items()]

        by_segments = await list_everything(client, landmarks, page_size=6)

        assert list(by_segments) == list(await walk(client))
