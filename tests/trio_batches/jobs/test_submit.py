from __future__ import annotations

import io
import os
import shutil
from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.jobs.submissions import Desk, creates, ids_in, lines, requests, sizes
from tests.trio_batches.transport.peers import HOST, Network
from trio_batches.errors import (
    AlreadySubmittedError,
    BusyError,
    InvalidRequestsError,
    StorageError,
    TransportError,
)
from trio_batches.jobs import plan_submission
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store.lock import exclusive

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five requests fill a batch."""
    monkeypatch.setattr("trio_batches.store.spool.MAX_REQUESTS", 5)


async def test_requests_become_a_batch_with_a_label_and_a_copy(
    network: Network, desk: Desk
) -> None:
    world = network.serve()
    done = await desk.submit(requests(3), label="nightly")
    assert done.complete
    assert ids_in(world) == {"r0": 1, "r1": 1, "r2": 1}
    assert done.batch_ids == world.batch_ids
    assert desk.kept(done.batch_ids) == [lines(requests(3))]
    assert desk.files() == [f"{world.batch_ids[0]}.jsonl"]
    async with desk.open() as (_, ledger):
        known = await ledger.find(world.batch_ids[0])
    assert known is not None
    assert known.label == "nightly"


async def test_a_file_of_the_older_form_is_converted(network: Network, desk: Desk) -> None:
    network.serve()
    older = [
        {
            "custom_id": one["custom_id"],
            "method": "POST",
            "url": "/v1/messages",
            "body": one["params"],
        }
        for one in requests(2)
    ]
    done = await desk.submit(io.BytesIO(lines(older)))
    assert desk.kept(done.batch_ids) == [lines(requests(2))]


@pytest.mark.usefixtures("small_batches")
async def test_a_large_input_becomes_batches_of_different_sizes(
    network: Network, desk: Desk
) -> None:
    world = network.serve()
    done = await desk.submit(requests(12))
    assert done.complete
    assert sorted(sizes(world)) == [3, 4, 5]
    assert [chunk.requests for chunk in done.chunks] == [5, 4, 3]
    assert b"".join(desk.kept(done.batch_ids)) == lines(requests(12))
    assert set(ids_in(world).values()) == {1}


async def test_without_keep_no_copy_is_left(network: Network, desk: Desk) -> None:
    network.serve()
    done = await desk.submit(requests(2), keep=False)
    assert done.complete
    assert desk.files() == []
    assert list(desk.home.requests.iterdir()) == []


async def test_bad_requests_are_all_named_and_nothing_is_sent(network: Network, desk: Desk) -> None:
    world = network.serve()
    with pytest.raises(InvalidRequestsError) as caught:
        await desk.submit([*requests(2), *requests(1), {"custom_id": "x"}])
    assert caught.value.faults == (
        "request 3 (x): params is missing: it holds what the Messages API would take",
        "request 2 (r0): request 0 has this custom_id too",
    )
    assert world.requests == []
    assert list(desk.home.requests.iterdir()) == []


async def test_a_plan_says_what_would_be_sent_and_leaves_nothing(tmp_path: Path) -> None:
    desk = Desk.__new__(Desk)
    del desk
    from trio_batches.store import Home  # noqa: PLC0415

    home = Home(tmp_path)
    plan = await plan_submission([requests(3)], home, anthropic_version="2026-10-21")
    assert (plan.requests, plan.models, plan.max_output_tokens) == (
        3,
        {"claude-sonnet-5": 3},
        48,
    )
    assert plan.bytes == len(lines(requests(3))) - 3
    assert list(home.requests.iterdir()) == []


async def test_the_same_requests_are_not_submitted_twice_unless_asked(
    network: Network, desk: Desk
) -> None:
    world = network.serve()
    first = await desk.submit(requests(2))
    with pytest.raises(AlreadySubmittedError) as caught:
        await desk.submit(io.BytesIO(lines(requests(2))))
    assert list(caught.value.batch_ids) == first.batch_ids
    assert creates(world) == 1
    second = await desk.submit(requests(2), again=True)
    assert second.complete
    assert creates(world) == 2
    assert second.batch_ids != first.batch_ids


async def test_without_a_ledger_the_kept_copies_tell_what_was_submitted(
    network: Network, desk: Desk
) -> None:
    world = network.serve()
    first = await desk.submit(requests(2))
    for path in desk.home.path.glob("ledger.db*"):
        path.unlink()
    with pytest.raises(AlreadySubmittedError) as caught:
        await desk.submit(requests(2))
    assert list(caught.value.batch_ids) == first.batch_ids
    assert creates(world) == 1
    assert (await desk.submit(requests(2), again=True)).complete


async def test_a_service_out_of_reach_leaves_nothing_to_settle(
    network: Network, desk: Desk
) -> None:
    with pytest.raises(TransportError):
        await desk.submit(requests(2))
    assert await desk.intents() == []
    assert list(desk.home.requests.iterdir()) == []
    world = network.serve()
    assert (await desk.submit(requests(2))).complete
    assert creates(world) == 1


@pytest.mark.usefixtures("small_batches")
async def test_what_was_refused_is_sent_once_more_and_the_rest_is_not(
    network: Network, desk: Desk
) -> None:
    world = network.serve(Fault(operation="create", nth=2, answer=Answer(status=400)))
    first = await desk.submit(requests(12), concurrency=1)
    assert [chunk.state for chunk in first.chunks] == ["submitted", "failed", "submitted"]
    assert not first.complete
    second = await desk.submit(requests(12))
    assert second.complete
    assert set(ids_in(world).values()) == {1}
    assert len(ids_in(world)) == 12
    assert creates(world) == 4
    with pytest.raises(AlreadySubmittedError):
        await desk.submit(requests(12))


@pytest.mark.usefixtures("small_batches")
async def test_a_refused_key_stops_what_was_not_sent_and_a_rerun_goes_on(
    network: Network, desk: Desk
) -> None:
    world = network.serve(Fault(operation="create", nth=2, answer=Answer(status=403), times=1))
    first = await desk.submit(requests(12), concurrency=1)
    assert [chunk.state for chunk in first.chunks] == ["submitted", "open", "open"]
    assert first.stopped_by is first.chunks[1].error
    assert creates(world) == 2
    second = await desk.submit(requests(12))
    assert second.complete
    assert second.batch_ids[0] == first.batch_ids[0]
    assert len(ids_in(world)) == 12
    assert set(ids_in(world).values()) == {1}


@pytest.mark.usefixtures("small_batches")
async def test_a_spend_limit_lets_creates_on_their_way_arrive(network: Network, desk: Desk) -> None:
    limited = Answer(status=429, error_code="enforced_spend_limit_reached")
    world = network.serve(
        Fault(operation="create", nth=1, delay=20),
        Fault(operation="create", nth=2, answer=limited),
    )
    first = await desk.submit(requests(12), concurrency=2)
    assert sorted(chunk.state for chunk in first.chunks) == ["open", "open", "submitted"]
    assert creates(world) == 2
    assert (await desk.submit(requests(12))).complete
    assert set(ids_in(world).values()) == {1}


async def test_two_submissions_of_one_input_are_not_made_at_once(
    network: Network, desk: Desk
) -> None:
    world = network.serve(Fault(operation="create", delay=60))
    errors: list[BusyError] = []

    async def one() -> None:
        try:
            await desk.submit(requests(2))
        except BusyError as error:
            errors.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(one)
        nursery.start_soon(one)
    assert len(errors) == 1
    assert creates(world) == 1
    assert list(desk.home.requests.glob("*.lock")) == []


@pytest.mark.usefixtures("no_locks")
async def test_nothing_is_sent_where_no_lock_keeps_processes_apart(
    network: Network, desk: Desk
) -> None:
    world = network.serve()
    with pytest.raises(StorageError, match="TRIO_BATCHES_HOME"):
        await desk.submit(requests(3))

    assert creates(world) == 0
    assert desk.files() == []
    async with desk.open() as (_, ledger):
        assert await ledger.open_intents() == []


async def test_resume_leaves_to_another_process_what_it_is_at_work_on(
    network: Network, desk: Desk
) -> None:
    world = await planned(network, desk)
    (intent,) = await desk.intents()
    assert intent.input_sha256 is not None
    with exclusive(desk.home.requests / f"{intent.input_sha256[:32]}.lock"):
        left = await desk.resume()
    assert [chunk.state for chunk in left.chunks] == ["open"]
    assert isinstance(left.chunks[0].error, BusyError)
    assert creates(world) == 0
    assert (await desk.resume()).complete
    assert creates(world) == 1


async def planned(network: Network, desk: Desk) -> World:
    """Leave a submission that is planned: its create never left."""
    world = network.serve(Fault(operation="create", answer=Answer(status=403)))
    done = await desk.submit(requests(2))
    assert not done.complete
    world.requests.clear()
    assert [intent.state for intent in await desk.intents()] == ["planned"]
    return world


async def test_a_home_whose_name_is_no_text_is_as_good_as_others(
    network: Network, tmp_path: Path
) -> None:
    desk = Desk(network, tmp_path / os.fsdecode(b"\xff"))
    world = await planned(network, desk)
    (intent,) = await desk.intents()

    assert intent.input_path is not None
    assert intent.input_path.startswith(str(desk.home.requests))
    done = await desk.resume()
    assert done.complete
    assert desk.files() == [f"{world.batch_ids[0]}.jsonl"]
    assert desk.kept(done.batch_ids) == [lines(requests(2))]


async def test_resume_without_anything_open_is_complete(network: Network, desk: Desk) -> None:
    network.serve()
    assert (await desk.resume()).chunks == []


async def test_resume_says_what_file_is_gone_and_a_rerun_reads_it_again(
    network: Network, desk: Desk
) -> None:
    world = await planned(network, desk)
    (intent,) = await desk.intents()
    (desk.home.requests / "x").mkdir()
    for folder in desk.home.requests.glob("incoming-*"):
        shutil.rmtree(folder)
    left = await desk.resume()
    assert isinstance(left.stopped_by, StorageError)
    assert intent.input_path is not None
    assert left.stopped_by.path == intent.input_path
    assert (await desk.submit(requests(2))).complete
    assert ids_in(world) == {"r0": 1, "r1": 1}


async def test_a_changed_file_is_not_sent(network: Network, desk: Desk) -> None:
    world = await planned(network, desk)
    for path in desk.home.requests.glob("incoming-*/*.jsonl"):
        path.write_bytes(path.read_bytes() + b"{}\n")
    left = await desk.resume()
    assert "not the requests that were checked" in str(left.chunks[0].error)
    assert creates(world) == 0


async def test_what_was_begun_at_another_service_is_not_settled_here(
    network: Network, desk: Desk
) -> None:
    await planned(network, desk)
    network.put(lambda stream: stream.aclose(), host="other.test")
    async with network.client(base_url="http://other.test") as client, desk.open() as (_, ledger):
        from trio_batches.jobs import resume  # noqa: PLC0415

        left = await resume(client, ledger, desk.home)
    assert str(left.chunks[0].error).startswith(
        f"begun at http://{HOST}: resume it there, or give it up: `trio-batches ledger abandon "
    )
    assert left.chunks[0].state == "open"


async def test_leftovers_of_killed_processes_are_put_in_order(network: Network, desk: Desk) -> None:
    network.serve()
    done = await desk.submit(requests(2))
    (kept,) = desk.home.requests.glob("*.jsonl")
    (intent,) = await desk.intents()
    # As a process leaves it that was killed before it put the file away.
    folder = desk.home.requests / "incoming-0"
    for name in ("incoming-1", "unkept-2"):
        (desk.home.requests / name).mkdir()
        (desk.home.requests / name / "0000.jsonl").write_bytes(b"{}\n")
    assert intent.input_path is not None
    from pathlib import Path  # noqa: PLC0415

    folder = Path(intent.input_path).parent
    folder.mkdir()
    kept.rename(folder / "0000.jsonl")
    await desk.resume()
    assert desk.files() == [f"{done.batch_ids[0]}.jsonl"]
    assert [path.name for path in desk.home.requests.iterdir()] == [kept.name]


@pytest.mark.usefixtures("small_batches")
async def test_the_queue_never_holds_more_than_it_may(network: Network, desk: Desk) -> None:
    world = World(scenario=Scenario(batch_seconds=100, listing_delay=45))
    network.serve(world=world)
    most = 0

    async def observe() -> None:
        nonlocal most
        while True:
            now = world.clock.now()
            most = max(most, sum(b.size for b in world.shelf if not b.has_ended(now)))
            await trio.sleep(1)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(observe)
        done = await desk.submit(requests(18), concurrency=4, queue_limit=7)
        nursery.cancel_scope.cancel()
    assert done.complete
    assert most <= 7
    assert trio.current_time() > 100


@pytest.mark.usefixtures("small_batches")
async def test_a_batch_larger_than_the_queue_waits_for_an_empty_one(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=World(scenario=Scenario(batch_seconds=45)))
    done = await desk.submit(requests(8), concurrency=4, queue_limit=1)
    assert done.complete
    assert sorted(sizes(world)) == [3, 5]
    assert trio.current_time() == 60


async def test_creates_of_one_size_are_not_on_their_way_at_once(
    network: Network, desk: Desk
) -> None:
    world = network.serve(Fault(operation="create", delay=50, times=None))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.submit, requests(2, "a"))
        nursery.start_soon(desk.submit, requests(2, "b"))
    assert sizes(world) == [2, 2]
    first, second = [record.time for record in world.requests if record.operation == "create"]
    assert second - first >= 50
    assert set(ids_in(world).values()) == {1}
