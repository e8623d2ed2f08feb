from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
import pytest
import trio

from tests.trio_batches.jobs.places import (
    asked,
    assert_nothing_is_half_done,
    assert_whole,
    names,
    open_files,
    part_names,
)
from tests.trio_batches.transport.peers import ScriptedPeer, answer
from trio_batches.errors import (
    AuthenticationError,
    BatchNotEndedError,
    IncompleteResultsError,
    InvalidIdError,
    NotFoundError,
    ProtocolError,
    ResultsGoneError,
    SpendLimitError,
    StorageError,
    TransportError,
    TrioBatchesError,
)
from trio_batches.jobs import DownloadProgress, download
from trio_batches.simulator import Answer, Cut, Edit, Fault, Scenario, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.types import MessageBatch


def world_of(
    *sizes: int,
    faults: tuple[Fault, ...] = (),
    bandwidth: float | None = None,
    order: Literal["shuffled", "stable"] = "shuffled",
) -> World:
    scenario = Scenario(faults=faults, bandwidth=bandwidth, result_order=order)
    world = World(seed=7, scenario=scenario)
    for size in sizes:
        world.add_ended_batch(size, errored=size // 4, expired=size // 10, result_bytes=400)
    return world


async def listed(network: Network) -> list[MessageBatch]:
    async with network.client() as client, client.messages.batches.list() as batches:
        return [batch async for batch in batches]


async def test_ids_become_whole_files_with_receipts(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 1, 200))

    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path)

    for batch_id in world.batch_ids:
        assert_whole(tmp_path, world, batch_id)
        entry = progress.batches[batch_id]
        assert (entry.state, entry.error) == ("downloaded", None)
        assert entry.path == tmp_path / f"{batch_id}.jsonl"
        assert entry.receipt is not None
        assert entry.lines == entry.expected == entry.receipt.lines
        assert entry.bytes == entry.received == entry.receipt.bytes
    assert part_names(tmp_path) == set()
    assert progress.listed
    assert progress.stopped_by is None
    assert progress.lines == 231
    assert progress.received == sum(entry.bytes for entry in progress.batches.values())
    assert progress.results() == {"succeeded": 151, "errored": 57, "expired": 23}
    assert len(asked(world, "retrieve")) == len(asked(world, "results")) == 3


async def test_batches_that_are_known_cost_one_request_each(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30, 40))
    batches = await listed(network)

    async with network.client() as client:
        await download(client, batches, tmp_path)

    assert [record.operation for record in world.requests] == ["list", "results", "results"]


async def test_what_is_there_costs_no_request(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 40))
    batches = await listed(network)
    async with network.client() as client:
        first = await download(client, batches, tmp_path)
        world.requests.clear()

        again = await download(client, batches, tmp_path)

    assert world.requests == []
    assert again.count("present") == 2
    assert [again.batches[batch.id].path for batch in batches] == [
        tmp_path / f"{batch.id}.jsonl" for batch in batches
    ]
    assert again.received == 0
    assert again.results() == first.results()
    assert again.lines == first.lines


async def test_only_what_is_missing_is_fetched(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 40, 50))
    async with network.client() as client:
        await download(client, world.batch_ids, tmp_path)
        lost = world.batch_ids[1]
        (tmp_path / f"{lost}.jsonl").unlink()
        world.requests.clear()

        progress = await download(client, world.batch_ids, tmp_path)

    assert [record.path.split("/")[4] for record in asked(world, "results")] == [lost]
    assert (progress.count("downloaded"), progress.count("present")) == (1, 2)
    assert_whole(tmp_path, world, lost)


async def test_a_batch_without_requests_is_an_empty_file(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(0))

    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path)

    assert progress.count("downloaded") == 1
    assert_whole(tmp_path, world, world.batch_ids[0])
    assert part_names(tmp_path) == set()


async def test_nothing_to_download_makes_the_folder_and_no_more(
    network: Network, tmp_path: Path
) -> None:
    async with network.client() as client:
        progress = await download(client, [], tmp_path / "new")

    assert progress.listed
    assert progress.batches == {}
    assert names(tmp_path / "new") == set()


async def test_a_batch_that_is_named_twice_is_fetched_once(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30))
    (batch,) = await listed(network)

    async with network.client() as client:
        progress = await download(client, [batch.id, batch, batch.id], tmp_path)

    assert len(progress.batches) == len(asked(world, "results")) == 1


async def test_batches_can_come_one_after_another(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 40))

    async with network.client() as client, client.messages.batches.list() as batches:
        progress = await download(client, batches, tmp_path)

    assert progress.count("downloaded") == 2
    for batch_id in world.batch_ids:
        assert_whole(tmp_path, world, batch_id)


async def test_a_list_that_fails_lets_the_downloads_that_run_finish(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30))

    class Broken:
        def __init__(self) -> None:
            self._left = list(world.batch_ids)

        def __aiter__(self) -> AsyncIterator[str]:
            return self

        async def __anext__(self) -> str:
            await trio.lowlevel.checkpoint()
            if self._left:
                return self._left.pop()
            raise TransportError("the list broke off", phase="waiting")

    async with network.client() as client:
        progress = await download(client, Broken(), tmp_path)

    assert isinstance(progress.stopped_by, TransportError)
    assert not progress.listed
    assert_whole(tmp_path, world, world.batch_ids[0])


async def test_what_an_iterable_raises_comes_out_bare(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(3000, bandwidth=1000))
    progress = DownloadProgress()

    def batches() -> Iterator[str]:
        yield world.batch_ids[0]
        raise LookupError("no more ids")

    async with network.client() as client:
        with pytest.raises(LookupError, match="no more ids"):
            await download(client, batches(), tmp_path, progress=progress)

    assert progress.count("interrupted") == len(progress.batches)
    assert open_files(tmp_path) == []


@pytest.mark.parametrize("batch_id", ["../x", "a/b", "", ".", "..", "a b", "a\0b", "ä\n"])
async def test_ids_that_are_no_file_name_are_refused(
    network: Network, tmp_path: Path, batch_id: str
) -> None:
    world = network.serve(world=world_of(30))
    (batch,) = await listed(network)
    world.requests.clear()
    strange = msgspec.structs.replace(batch, id=batch_id)

    async with network.client() as client:
        by_id = await download(client, [batch_id], tmp_path / "folder")
        by_batch = await download(client, [strange], tmp_path / "folder")

    for progress in (by_id, by_batch):
        assert isinstance(progress.batches[batch_id].error, InvalidIdError)
    assert world.requests == []
    assert names(tmp_path) == {"folder"}
    assert names(tmp_path / "folder") == set()


async def test_a_service_that_answers_with_another_batch_is_not_believed(
    network: Network, tmp_path: Path
) -> None:
    network.serve(world=world_of(30))
    (batch,) = await listed(network)
    strange = msgspec.structs.replace(batch, id="../../etc/batch")
    network.put(ScriptedPeer([answer(msgspec.json.encode(strange))]))

    async with network.client() as client:
        progress = await download(client, [batch.id], tmp_path / "folder")

    assert isinstance(progress.batches[batch.id].error, ProtocolError)
    assert "answered with another batch" in str(progress.batches[batch.id].error)
    assert names(tmp_path) == {"folder"}


async def test_one_bad_batch_does_not_stop_the_others(network: Network, tmp_path: Path) -> None:
    world = world_of(30, 40)
    running = world.add_in_progress_batch(10)
    archived = world.add_archived_batch(10)
    network.serve(world=world)
    good = [batch_id for batch_id in world.batch_ids if batch_id not in (running, archived)]

    async with network.client() as client:
        ids = [running, "msgbatch_unknown", good[0], archived, "../x", good[1]]
        progress = await download(client, ids, tmp_path, concurrency=1)

    errors = {batch_id: type(entry.error) for batch_id, entry in progress.batches.items()}
    assert errors == {
        running: BatchNotEndedError,
        "msgbatch_unknown": NotFoundError,
        good[0]: type(None),
        archived: ResultsGoneError,
        "../x": InvalidIdError,
        good[1]: type(None),
    }
    assert progress.stopped_by is None
    assert (progress.count("failed"), progress.count("downloaded")) == (4, 2)
    for batch_id in good:
        assert_whole(tmp_path, world, batch_id)
    assert len(names(tmp_path)) == 4


WRONG: dict[str, tuple[Fault, type[TrioBatchesError]]] = {
    "short": (
        Fault(operation="results", times=None, edits=(Edit(line=1900, what="drop"),)),
        IncompleteResultsError,
    ),
    "doubled": (
        Fault(operation="results", edits=(Edit(line=1900, what="duplicate"),)),
        ProtocolError,
    ),
    "retyped": (
        Fault(operation="results", edits=(Edit(line=1900, what="retype", result_type="canceled"),)),
        IncompleteResultsError,
    ),
    "undecodable": (
        Fault(operation="results", edits=(Edit(line=1900, what="corrupt"),)),
        ProtocolError,
    ),
    "cut off again and again": (
        Fault(operation="results", times=None, cut=Cut(place="inside_line", at=1900)),
        TransportError,
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_results_that_are_wrong_get_no_final_name_and_are_mended_by_the_next_run(
    network: Network, tmp_path: Path, wrong: str
) -> None:
    fault, kind = WRONG[wrong]
    world = network.serve(world=world_of(2000, faults=(fault,), order="stable"))
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        progress = await download(client, [batch_id], tmp_path)

    entry = progress.batches[batch_id]
    assert isinstance(entry.error, kind)
    assert (entry.state, entry.receipt) == ("failed", None)
    assert names(tmp_path) == part_names(tmp_path)
    (part,) = part_names(tmp_path)
    assert (tmp_path / part).read_bytes().endswith(b"\n")
    assert open_files(tmp_path) == []

    network.serve(world=world_of(2000))
    async with network.client() as client:
        progress = await download(client, [batch_id], tmp_path)

    assert progress.count("downloaded") == 1
    assert_whole(tmp_path, world, batch_id)
    assert part_names(tmp_path) == set()


async def test_short_results_are_told_with_what_was_expected_and_received(
    network: Network, tmp_path: Path
) -> None:
    drop = Fault(operation="results", times=None, edits=(Edit(line=9, what="drop"),))
    world = network.serve(world=world_of(20, faults=(drop,), order="stable"))

    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path)

    error = progress.batches[world.batch_ids[0]].error
    assert isinstance(error, IncompleteResultsError)
    assert sum(error.expected.values()) == sum(error.received.values()) + 1
    assert world.batch_ids[0] in str(error)


@pytest.mark.parametrize("result_bytes", [500, 100_000], ids=["few bytes", "written behind"])
async def test_results_without_their_last_newline_are_joined_soundly_after_a_short_answer(
    network: Network, tmp_path: Path, result_bytes: int
) -> None:
    drop = Fault(operation="results", edits=(Edit(line=9, what="drop"),))
    world = World(scenario=Scenario(final_newline=False, faults=(drop,)))
    batch_id = world.add_ended_batch(20, result_bytes=result_bytes)
    network.serve(world=world)

    async with network.client() as client:
        progress = await download(client, [batch_id], tmp_path)

    assert progress.count("downloaded") == 1
    lines = (tmp_path / f"{batch_id}.jsonl").read_bytes().rstrip(b"\n").split(b"\n")
    assert sorted(lines) == sorted(line.rstrip(b"\n") for line in world.result_lines(batch_id))


HOPELESS: dict[str, tuple[Answer, type[TrioBatchesError]]] = {
    "a refused key": (Answer(status=401), AuthenticationError),
    "a spend limit": (
        Answer(status=429, error_code="enforced_spend_limit_reached"),
        SpendLimitError,
    ),
}


@pytest.mark.parametrize("why", HOPELESS)
async def test_what_would_fail_every_batch_stops_all_at_once(
    network: Network, tmp_path: Path, why: str
) -> None:
    refusal, kind = HOPELESS[why]
    refused = Fault(operation="results", nth=2, answer=refusal)
    world = network.serve(world=world_of(30, 3000, 30, 30, faults=(refused,), bandwidth=20_000))
    start = trio.current_time()

    async with network.client() as client:
        progress = await download(client, await listed(network), tmp_path, concurrency=2)

    assert isinstance(progress.stopped_by, kind)
    assert len(asked(world, "results")) == 2
    assert (progress.count("failed"), progress.count("interrupted")) == (1, 3)
    assert trio.current_time() - start < 1
    assert_nothing_is_half_done(tmp_path, world)
    assert open_files(tmp_path) == []


async def test_a_folder_that_cannot_be_made_is_said_before_anything_is_asked(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30))
    (tmp_path / "file").write_bytes(b"")

    async with network.client() as client:
        with pytest.raises(StorageError, match=str(tmp_path / "file")):
            await download(client, world.batch_ids, tmp_path / "file" / "below")

    assert world.requests == []


async def test_a_file_that_cannot_be_written_stops_all(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 30))
    first = world.batch_ids[0]
    (tmp_path / f"{first}.jsonl").mkdir()

    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path, concurrency=1)

    assert isinstance(progress.stopped_by, StorageError)
    assert [entry.state for entry in progress.batches.values()] == ["failed", "interrupted"]


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_more_batches_than_asked_for_are_fetched_at_a_time(
    network: Network, tmp_path: Path, concurrency: int
) -> None:
    world = network.serve(world=world_of(*[30] * 7, bandwidth=5000))
    progress = DownloadProgress()
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, progress.count("running"))
            await trio.sleep(0.01)

    async with network.client() as client, trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        await download(
            client, await listed(network), tmp_path, concurrency=concurrency, progress=progress
        )
        nursery.cancel_scope.cancel()

    assert most == concurrency
    assert progress.count("downloaded") == 7
    assert len({record.time for record in asked(world, "results")[:concurrency]}) == 1


@pytest.mark.parametrize("concurrency", [0, -1])
async def test_no_batch_at_a_time_is_too_few(
    network: Network, tmp_path: Path, concurrency: int
) -> None:
    async with network.client() as client:
        with pytest.raises(ValueError, match="at least 1"):
            await download(client, ["msgbatch_1"], tmp_path, concurrency=concurrency)


async def test_an_interrupted_download_goes_on_where_it_stopped(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(200, bandwidth=20_000))
    (batch,) = await listed(network)
    progress = DownloadProgress()
    async with network.client() as client:
        with trio.move_on_after(1):
            await download(client, [batch], tmp_path, progress=progress)
    assert progress.batches[batch.id].state == "interrupted"
    (part,) = part_names(tmp_path)
    assert progress.batches[batch.id].path == tmp_path / part
    kept = (tmp_path / part).read_bytes()
    assert kept.endswith(b"\n")
    assert 0 < len(kept) == progress.batches[batch.id].bytes

    async with network.client() as client:
        again = await download(client, [batch], tmp_path)

    entry = again.batches[batch.id]
    assert (entry.state, entry.error) == ("downloaded", None)
    assert entry.received == entry.bytes - len(kept)
    assert_whole(tmp_path, world, batch.id)
    assert (tmp_path / f"{batch.id}.jsonl").read_bytes().startswith(kept)
    assert len(asked(world, "results")) == 2


async def test_a_part_that_holds_everything_costs_no_request(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30))
    (batch,) = await listed(network)
    (tmp_path / f"{batch.id}.jsonl.left.part").write_bytes(b"".join(world.result_lines(batch.id)))
    world.requests.clear()

    async with network.client() as client:
        progress = await download(client, [batch], tmp_path)

    assert world.requests == []
    assert progress.batches[batch.id].received == 0
    assert_whole(tmp_path, world, batch.id)
