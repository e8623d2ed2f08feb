"""Creates whose replies were lost: what is adopted, what is sent again, what cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from tests.trio_batches.jobs.lost_creates import (
    LOST,
    NOT_MADE,
    foreign_create,
    interrupted,
    states,
    times,
    world_of,
)
from tests.trio_batches.jobs.submissions import Desk, creates, ids_in, lines, request, requests
from trio_batches.errors import AmbiguousCreateError, BusyError, StorageError, TransportError
from trio_batches.jobs import Submission, submit
from trio_batches.jobs.sending import Sending
from trio_batches.simulator import Answer, Fault
from trio_batches.store import Ledger

if TYPE_CHECKING:
    import pytest

    from tests.trio_batches.transport.peers import Network


async def test_the_batch_of_a_lost_reply_is_adopted_at_once(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(LOST))
    done = await desk.submit(requests(2))
    assert trio.current_time() == 0
    assert done.batch_ids == world.batch_ids
    assert [chunk.adopted for chunk in done.chunks] == [True]
    assert desk.kept(done.batch_ids) == [lines(requests(2))]


async def test_a_batch_that_appears_late_is_waited_for(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(LOST, listing_delay=174))
    done = await desk.submit(requests(2))
    assert trio.current_time() == 175, "looks were at 0, 1, 3, 7, 15, 25, …"
    assert done.batch_ids == world.batch_ids
    assert creates(world) == 1


async def test_what_was_not_made_is_sent_again_after_three_minutes(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(NOT_MADE))
    done = await desk.submit(requests(2))
    assert done.complete
    assert times(world, "create") == [0, 180]
    assert ids_in(world) == {"r0": 1, "r1": 1}


async def test_after_three_sends_without_an_answer_it_stays_open(
    network: Network, desk: Desk
) -> None:
    world = network.serve(
        world=world_of(Fault(operation="create", answer=Answer(status=500), times=None))
    )
    done = await desk.submit(requests(2))
    assert isinstance(done.chunks[0].error, AmbiguousCreateError)
    assert done.chunks[0].state == "open"
    assert times(world, "create") == [0, 180, 360]
    assert await states(desk) == ["planned"]


async def test_a_rerun_looks_again_for_what_is_left_of_the_grace(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(NOT_MADE))
    await interrupted(desk, world)
    started = trio.current_time()
    assert (await desk.submit(requests(2))).complete
    waited = trio.current_time() - started
    assert 170 < waited <= 180, "real time has hardly passed"
    assert creates(world) == 2


async def test_a_create_that_the_service_is_still_at_work_on_is_not_sent_again(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(Fault(operation="create", delay=650)))
    with trio.move_on_after(5):
        await desk.submit(requests(2))
    assert await states(desk) == ["sent"]

    with trio.move_on_after(200):  # and this process does not see the end of it either
        await desk.submit(requests(2))
    done = await desk.submit(requests(2))

    assert done.batch_ids == world.batch_ids
    assert creates(world) == 1
    assert 650 <= trio.current_time() < 665


async def test_what_a_refused_create_waits_for_can_be_cancelled_and_nothing_is_looked_for(
    network: Network, desk: Desk
) -> None:
    later = Answer(status=429, headers={"retry-after": "20"})
    world = network.serve(world=world_of(Fault(operation="create", answer=later)))
    with trio.move_on_after(5):
        await desk.submit(requests(2))
    assert creates(world) == 1
    assert await states(desk) == ["planned"]

    done = await desk.submit(requests(2))

    assert done.batch_ids == world.batch_ids
    assert trio.current_time() == 5


async def test_a_clock_that_was_set_forward_does_not_end_the_search(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(LOST, listing_delay=20))
    await interrupted(desk, world)
    async with desk.open() as (_, ledger):
        await ledger._write(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            lambda db: db.execute("UPDATE intent SET sent_at = '2001-01-01T00:00:00.000000Z'")
        )
    assert (await desk.resume()).batch_ids == world.batch_ids
    assert creates(world) == 1


async def test_a_clock_that_was_set_back_does_not_prolong_it(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(NOT_MADE))
    await interrupted(desk, world)
    async with desk.open() as (_, ledger):
        await ledger._write(  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            lambda db: db.execute("UPDATE intent SET sent_at = '2199-01-01T00:00:00.000000Z'")
        )
    assert (await desk.resume()).complete
    assert times(world, "create")[1] == 185


async def test_a_ledger_that_cannot_be_written_after_the_create(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network.serve(world=world_of())

    async def confirm(*_: object) -> bool:
        raise StorageError("ledger.db", "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "confirm", confirm)
        left = await desk.submit(requests(2))
    assert isinstance(left.stopped_by, StorageError)
    assert left.chunks[0].state == "open"
    assert left.batch_ids == world.batch_ids, "the user learns what was made"
    assert await states(desk) == ["sent"]
    assert (await desk.submit(requests(2))).batch_ids == world.batch_ids
    assert creates(world) == 1


async def test_a_copy_that_cannot_be_kept_does_not_unmake_the_batch(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network.serve(world=world_of())

    def put_away(*_: object, **__: object) -> None:
        raise StorageError("requests", "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("trio_batches.jobs.sending.put_away", put_away)
        left = await desk.submit(requests(2))
    assert left.complete
    assert isinstance(left.stopped_by, StorageError)
    await desk.resume()
    assert desk.files() == [f"{world.batch_ids[0]}.jsonl"]


async def test_requests_that_vanish_while_they_are_sent_are_no_lost_create(
    network: Network, desk: Desk
) -> None:
    world = network.serve(Fault(operation="list", nth=2, delay=10))

    async def vanish() -> None:
        await trio.sleep(5)
        for path in desk.home.requests.glob("*/*.jsonl"):
            path.unlink()

    progress = Submission()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(vanish)
        await desk.submit(requests(2), progress=progress)
    assert isinstance(progress.stopped_by, StorageError)
    assert await states(desk) == ["planned"]
    assert ids_in(world) == {}


async def test_a_service_that_vanishes_before_the_create_leaves_it_planned(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(Fault(operation="list", nth=2, drop_reply=True, times=99)))
    left = await desk.submit(requests(2))
    assert isinstance(left.chunks[0].error, TransportError)
    assert await states(desk) == ["planned"]
    assert creates(world) == 0


async def test_what_another_process_has_settled_is_left_alone(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(NOT_MADE, listing_delay=20))
    await interrupted(desk, world)
    foreign = await foreign_create(network)
    async with desk.open() as (client, ledger):
        raw = (await client.messages.batches.poll(foreign.id)).raw
        (intent,) = await desk.intents()

        async def settle() -> None:
            await trio.sleep(5)
            await ledger.confirm(intent.id, foreign, raw)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(settle)
            left = await desk.resume()
    assert isinstance(left.chunks[0].error, BusyError)
    assert creates(world) == 2
    assert (await desk.resume()).chunks == []


async def test_requests_are_the_libraries_own_whatever_their_size(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of())
    async with desk.open() as (client, ledger):
        given = [request("small"), request("large", "x" * 3_000_000)]
        done = await submit(client, ledger, desk.home, [given], parents=["msgbatch_1"])
    assert done.complete
    (record,) = [record for record in world.requests if record.operation == "create"]
    assert record.headers["content-length"] == str(record.body_bytes)
    assert [intent.parents for intent in await desk.intents()] == [("msgbatch_1",)]


async def test_two_runs_of_one_intent_send_it_once(network: Network, desk: Desk) -> None:
    world = network.serve(Fault(operation="create", answer=Answer(status=403)))
    await desk.submit(requests(2))
    async with desk.open() as (client, ledger):
        (intent,) = await ledger.open_intents()
        assert await ledger.claim_sending(intent.id) == "granted"
        assert await ledger.claim_sending(intent.id) == "settled"
        sending = Sending(
            client,
            ledger,
            desk.home,
            keep=True,
            progress=Submission(),
            queue_limit=200_000,
        )
        left = await sending.run([intent], 1)
    assert "another process is sending it" in str(left.chunks[0].error)
    assert creates(world) == 1


async def test_an_abandoned_intent_is_no_chunk_to_send(network: Network, desk: Desk) -> None:
    world = network.serve(Fault(operation="create", answer=Answer(status=403)))
    await desk.submit(requests(2))
    async with desk.open() as (client, ledger):
        (intent,) = await ledger.open_intents()
        await ledger.abandon(intent.id)
        (intent,) = await ledger.intents_of_submission(intent.submission)
        sending = Sending(
            client, ledger, desk.home, keep=True, progress=Submission(), queue_limit=200_000
        )
        left = await sending.run([intent], 1)
    assert [chunk.state for chunk in left.chunks] == ["failed"]
    await desk.resume()
    assert desk.files() == [f"abandoned/{intent.id}.jsonl"]
    assert creates(world) == 1
