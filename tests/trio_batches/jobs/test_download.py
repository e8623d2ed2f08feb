from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.jobs.download_worlds import listed, world_of
from tests.trio_batches.jobs.places import asked, assert_whole, names, open_files, part_names
from trio_batches.errors import TransportError
from trio_batches.jobs import DownloadProgress, download

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


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
