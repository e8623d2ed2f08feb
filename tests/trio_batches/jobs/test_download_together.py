"""Downloads beside each other, in their order, and the record of them."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from tests.trio_batches.jobs.places import asked, assert_whole, names, part_names
from trio_batches.errors import BusyError, StorageError
from trio_batches.jobs import DownloadProgress, download
from trio_batches.simulator import Cut, Fault, Scenario, World
from trio_batches.store import Home, ResultsFolder, open_ledger
from trio_batches.store.manifest import MANIFEST, ManifestLine, read_unfinished

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


def world_of(*sizes: int, bandwidth: float | None = None, faults: tuple[Fault, ...] = ()) -> World:
    """Make a world whose first batch is the oldest."""
    world = World(seed=7, scenario=Scenario(bandwidth=bandwidth, faults=faults))
    for number, size in enumerate(sizes):
        age = 3600.0 * (len(sizes) - number)
        world.add_ended_batch(size, errored=size // 4, result_bytes=400, age=age)
    return world


def manifest(folder: Path) -> list[ManifestLine]:
    content = (folder / MANIFEST).read_bytes()
    return [msgspec.json.decode(line, type=ManifestLine) for line in content.splitlines()]


@contextmanager
def another_process(folder: Path, batch_id: str) -> Generator[subprocess.Popen[bytes]]:
    """Let a process of its own be at work on a batch."""
    program = (
        "import sys; from pathlib import Path; from trio_batches.store import ResultsFolder; "
        "claim = ResultsFolder(Path(sys.argv[1])).claim(sys.argv[2]); "
        "print('claimed', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), batch_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"claimed\n"
        yield holder
        holder.kill()


async def test_a_batch_that_another_process_fetches_is_left_to_it(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30, 40))
    theirs, ours = world.batch_ids
    async with network.client() as client:
        with another_process(tmp_path, theirs):
            progress = await download(client, world.batch_ids, tmp_path)

        error = progress.batches[theirs].error
        assert isinstance(error, BusyError)
        assert str(error) == f"{theirs}: another process is at work on it"
        assert progress.batches[ours].state == "downloaded"
        assert len(asked(world, "results")) == 1
        assert [(line.id, line.result) for line in manifest(tmp_path)] == [
            (ours, "downloaded"),
            (theirs, "failed"),
        ]

        again = await download(client, world.batch_ids, tmp_path)

    assert (again.count("downloaded"), again.count("present")) == (1, 1)
    assert_whole(tmp_path, world, theirs)


async def test_two_at_once_share_the_work_and_take_each_others_results(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(200, 200, 200, 200, 2000, bandwidth=100_000))
    first, second = DownloadProgress(), DownloadProgress()
    small = [batch_id for batch_id in world.batch_ids if batch_id != world.batch_ids[0]]

    async with network.client() as client, trio.open_nursery() as nursery:

        async def fetch_small() -> None:
            await download(client, small, tmp_path, progress=first)

        nursery.start_soon(fetch_small)
        await trio.sleep(0.1)
        await download(client, world.batch_ids, tmp_path, progress=second)

    assert first.count("downloaded") == 4
    assert (second.count("present"), second.count("downloaded")) == (4, 1)
    assert len(asked(world, "results")) == 5
    for batch_id in world.batch_ids:
        assert_whole(tmp_path, world, batch_id)
    assert len(names(tmp_path)) == 10


async def test_what_the_service_drops_first_is_fetched_first(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(5, 5, 5))
    async with network.client() as client:
        async with client.messages.batches.list() as listed:
            batches = [batch async for batch in listed]

        await download(client, ["msgbatch_unknown", *batches], tmp_path, concurrency=1)

    fetched = [record.path.split("/")[4] for record in asked(world, "results")]
    assert fetched == list(reversed(world.batch_ids))


async def test_ids_whose_files_are_there_cost_no_request(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 40))
    async with network.client() as client:
        await download(client, world.batch_ids, tmp_path)
        world.requests.clear()
        progress = await download(client, world.batch_ids, tmp_path)

    assert world.requests == []
    assert progress.count("present") == 2
    assert [entry.expected for entry in progress.batches.values()] == [40, 30]


async def test_a_change_that_keeps_size_and_time_is_seen_when_files_are_rechecked(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30))
    (batch_id,) = world.batch_ids
    path = tmp_path / f"{batch_id}.jsonl"
    async with network.client() as client:
        await download(client, [batch_id], tmp_path)
        found = path.stat()
        path.write_bytes(path.read_bytes().replace(b"a", b"b"))
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))

        assert (await download(client, [batch_id], tmp_path)).count("present") == 1
        progress = await download(client, [batch_id], tmp_path, recheck=True)

    assert progress.count("downloaded") == 1
    assert_whole(tmp_path, world, batch_id)


async def test_the_manifest_tells_what_became_of_each_batch(
    network: Network, tmp_path: Path
) -> None:
    cut = Fault(operation="results", cut=Cut(place="line", at=10))
    world = network.serve(world=world_of(30, faults=(cut,)))
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        progress = await download(client, ["msgbatch_unknown", batch_id], tmp_path, concurrency=1)

    failed, done = manifest(tmp_path)
    assert (failed.id, failed.result, failed.path) == ("msgbatch_unknown", "failed", None)
    assert failed.error is not None
    assert failed.request_id is not None
    assert failed.request_id in failed.error
    receipt = progress.batches[batch_id].receipt
    assert receipt is not None
    assert (done.id, done.result, done.error) == (batch_id, "downloaded", None)
    assert done.path == str(tmp_path / f"{batch_id}.jsonl")
    assert (done.bytes, done.sha256, done.lines) == (receipt.bytes, receipt.sha256, receipt.counts)
    assert (done.attempts, done.version) == (2, receipt.version)
    assert done.request_id is not None
    assert done.started <= done.ended
    assert read_unfinished(tmp_path / MANIFEST) == ["msgbatch_unknown"]


async def test_the_ledger_learns_of_verified_files(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 40, 50))
    home = Home(tmp_path)
    async with network.client() as client, open_ledger(home) as ledger:
        await download(client, world.batch_ids[:1], home.results)
        await download(client, world.batch_ids, home.results, ledger=ledger)
        known = await ledger.downloads()

    assert {found.batch_id for found in known} == set(world.batch_ids)
    assert {found.dest for found in known} == {str(home.results)}


async def test_a_ledger_that_fails_does_not_stop_downloads(
    network: Network,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = network.serve(world=world_of(30, 40))
    home = Home(tmp_path)

    async def fail(*_: object) -> None:
        await trio.lowlevel.checkpoint()
        raise StorageError("ledger.db", "the disk is full")

    async with network.client() as client, open_ledger(home) as ledger:
        monkeypatch.setattr(ledger, "record_downloads", fail)
        progress = await download(
            client, world.batch_ids, home.results, ledger=ledger, concurrency=1
        )

    assert progress.count("downloaded") == 2
    assert [record.getMessage() for record in caplog.records] == [
        "ledger.db: the disk is full; the downloads go on without the ledger"
    ]


async def test_a_manifest_that_cannot_be_written_stops_all(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=world_of(30, 40))
    (tmp_path / MANIFEST).mkdir()
    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path, concurrency=1)

    assert isinstance(progress.stopped_by, StorageError)
    assert progress.count("failed", "interrupted") == 2


async def test_no_download_begins_when_the_time_is_up(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(100, 100, 100, bandwidth=10_000))
    async with network.client() as client:
        until = trio.current_time() + 2
        progress = await download(
            client, world.batch_ids, tmp_path, concurrency=1, start_before=until
        )

    assert progress.ended_early
    assert (progress.count("downloaded"), progress.count("interrupted")) == (1, 2)
    assert trio.current_time() > until
    assert part_names(tmp_path) == set()


async def test_time_enough_is_as_good_as_no_limit(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30))
    async with network.client() as client:
        until = trio.current_time() + 1000
        progress = await download(client, world.batch_ids, tmp_path, start_before=until)

    assert not progress.ended_early
    assert progress.count("downloaded") == 1


async def test_what_is_still_to_come_is_reckoned_from_what_has_come(
    network: Network, tmp_path: Path
) -> None:
    network.serve(world=world_of(100, 300, bandwidth=10_000))
    progress = DownloadProgress()
    assert progress.bytes_needed() is None
    async with network.client() as client:
        async with client.messages.batches.list() as listed:
            batches = [batch async for batch in listed]
        until = trio.current_time() + 1
        await download(
            client, batches, tmp_path, progress=progress, concurrency=1, start_before=until
        )

    done = next(entry for entry in progress.batches.values() if entry.receipt)
    assert progress.bytes_needed() == 300 * done.bytes // 100


def test_a_claim_is_on_a_batch_of_a_folder(tmp_path: Path) -> None:
    results = ResultsFolder(tmp_path)
    claim, other = results.claim("a"), results.claim("b")
    with pytest.raises(BusyError):
        results.claim("a")
    claim.release()
    other.release()
    assert names(tmp_path) == set()
