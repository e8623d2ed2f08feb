"""Downloads of what is wrong: ids, batches, results, folders."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from tests.trio_batches.jobs.download_worlds import listed, world_of
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
from trio_batches.jobs import download
from trio_batches.simulator import Answer, Cut, Edit, Fault, Scenario, World
from trio_batches.store import ResultsFolder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


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


@pytest.mark.parametrize("name", ["{}.jsonl", "{}.jsonl.lock", "{}.receipt.json"])
@pytest.mark.parametrize("by", ["id", "batch"])
async def test_a_folder_in_place_of_one_file_stops_no_other_batch(
    network: Network, tmp_path: Path, name: str, by: str
) -> None:
    world = network.serve(world=world_of(30, 30, 30))
    first, *others = world.batch_ids
    (tmp_path / name.format(first)).mkdir()

    batches = world.batch_ids if by == "id" else await listed(network)
    async with network.client() as client:
        progress = await download(client, batches, tmp_path, concurrency=1)

    assert progress.stopped_by is None
    error = progress.batches[first].error
    assert isinstance(error, StorageError)
    assert error.errno == errno.EISDIR
    for batch_id in others:
        assert_whole(tmp_path, world, batch_id)


async def test_a_batch_that_another_process_fetched_unreadably_stops_no_other_one(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network.serve(world=world_of(30, 30))
    first, second = world.batch_ids
    claim = ResultsFolder(tmp_path).claim(first)

    def fail(_folder: ResultsFolder, batch_id: str, *, deep: bool) -> None:
        assert not deep
        if batch_id == first:
            raise StorageError(batch_id, "Input/output error", errno=errno.EIO)

    monkeypatch.setattr(ResultsFolder, "held", fail)
    batches = await listed(network)
    async with network.client() as client:
        progress = await download(client, batches, tmp_path, concurrency=1)
    claim.release()

    assert progress.stopped_by is None
    assert isinstance(progress.batches[first].error, StorageError)
    assert_whole(tmp_path, world, second)


async def test_a_folder_that_is_taken_away_stops_all(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network.serve(world=world_of(30, 30))
    folder = tmp_path / "folder"

    def take_away(results: ResultsFolder) -> None:
        make(results)
        folder.rmdir()

    make = ResultsFolder.make
    monkeypatch.setattr(ResultsFolder, "make", take_away)
    async with network.client() as client:
        progress = await download(client, world.batch_ids, folder, concurrency=1)

    assert isinstance(progress.stopped_by, StorageError)
    assert [entry.state for entry in progress.batches.values()] == ["failed", "interrupted"]
