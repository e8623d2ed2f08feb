"""The ledger after a refresh is what a walk through the whole list would give."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio.testing
from typing_extensions import override

from trio_batches.errors import BadRequestError, PermissionDeniedError
from trio_batches.jobs import listing
from trio_batches.jobs.listing import Landmark, list_everything
from trio_batches.jobs.refresh import refresh
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.simulator.shelf import Shelf
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


async def test_what_the_service_says_anew_of_an_ended_batch_is_kept(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=filled_world(2, 10))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        await refresh(client, ledger)
        oldest = world.batch_ids[-1]
        world.clock.advance(29 * 24 * HOUR)

        found = await refresh(client, ledger, full=True)

        known = await ledger.find(oldest)
        assert oldest not in found.changed, "it has ended all the while"
        assert known is not None
        assert known.archived_at is not None


async def test_what_had_been_taken_for_gone_is_back_when_it_is_listed(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=filled_world(2, 10))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        await refresh(client, ledger)
        await ledger.mark_gone(world.batch_ids[-2:])

        found = await refresh(client, ledger, full=True)

        assert set(found.new) == set(world.batch_ids[-2:])
        assert await in_ledger(ledger) == await walk(client)


@pytest.mark.parametrize("also", [0, 1, 3, 6])
async def test_a_segment_whose_cursor_is_gone_is_walked_from_the_last_batch_before_it(
    network: Network, also: int
) -> None:
    """Between the listing of one segment and of the next, their border may be deleted."""
    world = network.serve(world=filled_world(3, 20))
    world.clock.advance(HOUR)  # all of them have ended
    names = world.batch_ids
    async with network.client() as client:
        known = await list_everything(client, ())
        landmarks = [Landmark(name, batch.created_at) for name, (batch, _) in known.items()]
        for name in names[6 - also : 7]:
            await client.messages.batches.delete(name)

        listed = await list_everything(client, landmarks, page_size=7)

        assert list(listed) == list(await walk(client))


class Forgetful(Shelf):
    """Lists batches, but does not take some of them for cursors: they went in that moment."""

    forgotten: frozenset[str] = frozenset()

    @override
    def knows_cursor(self, cursor: str) -> bool:
        return cursor not in self.forgotten and super().knows_cursor(cursor)


def forgetful(world: World) -> Forgetful:
    shelf = Forgetful()
    for batch in world.shelf:
        shelf.add(batch)
    world.shelf = shelf
    return shelf


@pytest.mark.parametrize("left", [1, 2, 6])
async def test_where_cursor_after_cursor_is_gone_a_segment_is_walked_from_the_start(
    network: Network, left: int
) -> None:
    world = filled_world(3, 20)
    shelf = forgetful(world)
    network.serve(world=world)
    async with network.client() as client:
        known = await list_everything(client, ())
        landmarks = [Landmark(name, batch.created_at) for name, (batch, _) in known.items()]
        shelf.forgotten = frozenset(world.batch_ids[left:7])

        listed = await list_everything(client, landmarks, page_size=7)

        assert set(listed) == set(world.batch_ids)
        refused = [record for record in world.requests if record.status == 400]
        assert len(refused) >= 1 + 7 - left


async def test_a_list_that_is_refused_is_no_list(network: Network) -> None:
    network.serve(Fault(operation="list", answer=Answer(status=403)))
    async with network.client() as client:
        with pytest.raises(PermissionDeniedError):
            await list_everything(client, ())


@pytest.mark.parametrize("forgotten", [[3], [3, 2], [3, 7, 6, 5], [3, 2, 1, 0]])
async def test_a_walk_whose_cursor_goes_meanwhile_goes_on_from_the_batch_before_it(
    network: Network, forgotten: list[int]
) -> None:
    world = filled_world(3, 10)
    shelf = forgetful(world)
    shelf.forgotten = frozenset(world.batch_ids[number] for number in forgotten)
    network.serve(world=world)
    async with network.client() as client:
        if forgotten[-1] == 0:  # no way on is left
            with pytest.raises(BadRequestError):
                await list_everything(client, (), page_size=4)
            return
        assert list(await list_everything(client, (), page_size=4)) == world.batch_ids
