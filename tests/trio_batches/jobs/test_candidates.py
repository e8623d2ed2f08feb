"""Which batch of the list a lost create has made, and when that cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from tests.trio_batches.jobs.lost_creates import (
    LOST,
    NOT_MADE,
    foreign_create,
    interrupted,
    interrupted_before_listing,
    world_of,
)
from tests.trio_batches.jobs.submissions import Desk, creates, ids_in, requests
from trio_batches.errors import BusyError, UnsettledSubmissionError
from trio_batches.jobs import reconcile
from trio_batches.jobs.reconcile import Watermark
from trio_batches.simulator import Answer, Fault, Scenario, Simulator, World

if TYPE_CHECKING:
    import pytest

    from tests.trio_batches.transport.peers import Network


async def test_two_candidates_that_run_cannot_be_told_apart_and_nothing_is_sent(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(LOST, listing_delay=8, batch_seconds=500))
    await interrupted(desk, world)
    foreign = await foreign_create(network)
    await trio.sleep(10)
    left = await desk.resume()
    error = left.chunks[0].error
    assert isinstance(error, UnsettledSubmissionError)
    assert set(error.batch_ids) == set(world.batch_ids)
    assert foreign.id in error.batch_ids
    assert creates(world) == 2
    await trio.sleep(600)
    settled = await desk.resume()  # both have ended: their results tell
    assert settled.complete
    assert settled.batch_ids == [world.batch_ids[1]]
    assert creates(world) == 2


async def test_an_ended_batch_of_others_is_not_adopted(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(NOT_MADE, batch_seconds=1))
    await interrupted(desk, world, seconds=1)
    foreign = await foreign_create(network)
    await trio.sleep(10)
    done = await desk.resume()
    assert done.complete
    assert foreign.id not in done.batch_ids
    assert ids_in(world) == {"x0": 1, "x1": 1, "r0": 1, "r1": 1}


async def test_batches_from_before_the_create_are_no_candidates(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(NOT_MADE))
    world.add_in_progress_batch(2, age=10)
    done = await desk.submit(requests(2))
    assert creates(world) == 2
    assert done.batch_ids == world.batch_ids[:1]


async def test_a_deleted_landmark_does_not_matter_while_another_is_there(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(LOST, NOT_MADE, listing_delay=20))
    newest, _ = world.add_ended_batch(2, age=90), world.add_ended_batch(2, age=9000)
    await interrupted(desk, world)
    async with network.client() as client:
        await client.messages.batches.delete(newest)
    assert (await desk.resume()).complete
    assert creates(world) == 1


async def test_another_workspace_is_recognised_and_nothing_is_sent_there(
    network: Network, desk: Desk
) -> None:
    world = world_of(LOST, listing_delay=20)
    world.add_ended_batch(9)
    network.serve(world=world)
    await interrupted(desk, world)
    other = network.serve(world=World(seed=1))
    other.add_ended_batch(9)
    left = await desk.resume()
    assert isinstance(left.chunks[0].error, UnsettledSubmissionError)
    assert "with the key that began it" in str(left.chunks[0].error)
    assert creates(other) == 0
    network.put(Simulator(world).handle)
    assert (await desk.resume()).complete
    assert creates(world) == 1


async def test_an_empty_page_that_has_more_hides_nothing(network: Network, desk: Desk) -> None:
    scenario = Scenario(faults=(LOST,), empty_page_every=2, read_timeout=1e7)
    world = network.serve(world=World(scenario=scenario))
    world.add_ended_batch(5)
    done = await desk.submit(requests(2))
    assert done.batch_ids == world.batch_ids[:1]
    assert creates(world) == 1


async def test_a_create_of_that_size_elsewhere_is_waited_for_and_then_named(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(NOT_MADE))
    await interrupted(desk, world)
    started = trio.current_time()
    left = await desk.submit(requests(2, "other"))
    assert isinstance(left.chunks[0].error, BusyError)
    assert "`trio-batches ledger open` shows it" in str(left.chunks[0].error)
    assert trio.current_time() - started == 240
    assert creates(world) == 1
    assert (await desk.resume()).complete
    assert ids_in(world) == {"r0": 1, "r1": 1, "other0": 1, "other1": 1}


async def test_another_size_does_not_wait(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(NOT_MADE))
    await interrupted(desk, world)
    assert (await desk.submit(requests(3, "other"))).complete
    assert trio.current_time() == 5


async def test_an_archived_candidate_cannot_be_looked_into(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(LOST, batch_seconds=1))
    await interrupted_before_listing(desk, world)
    world.clock.advance(30 * 24 * 3600)
    done = await desk.resume()
    assert done.batch_ids == world.batch_ids
    assert creates(world) == 1


async def test_a_watermark_is_taken_behind_an_empty_page(network: Network, desk: Desk) -> None:
    scenario = Scenario(
        faults=(Fault(operation="create", answer=Answer(status=403)),),
        empty_page_every=2,
        read_timeout=1e7,
    )
    world = network.serve(world=World(scenario=scenario))
    newest = world.add_ended_batch(5)
    async with network.client() as client:
        await client.messages.batches.list()
    await desk.submit(requests(2))
    (intent,) = await desk.intents()
    assert Watermark.read(intent.watermark).landmarks == (newest,)


async def test_a_lost_batch_is_found_on_a_later_page(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "MAX_PAGE", 3)
    world = network.serve(world=world_of(LOST, listing_delay=8))
    await interrupted(desk, world)
    for _ in range(7):
        world.add_in_progress_batch(9, age=0)
    done = await desk.resume()
    assert len(done.batch_ids) == 1
    assert creates(world) == 1
