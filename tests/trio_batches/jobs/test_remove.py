from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.jobs.places import asked, names
from tests.trio_batches.transport.peers import ScriptedPeer, answer
from trio_batches.errors import (
    BatchNotEndedError,
    InvalidIdError,
    NotFoundError,
    NotVerifiedError,
    ProtocolError,
)
from trio_batches.jobs import download, remove
from trio_batches.simulator import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


@pytest.fixture
def world(network: Network) -> World:
    world = World(seed=7)
    world.add_ended_batch(30)
    return network.serve(world=world)


async def test_a_batch_with_a_verified_copy_is_deleted(
    network: Network, world: World, tmp_path: Path
) -> None:
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        await download(client, [batch_id], tmp_path)

        deleted = await remove(client, batch_id, tmp_path)

    assert deleted.id == batch_id
    assert world.batch_ids == []
    assert names(tmp_path) == {f"{batch_id}.jsonl", f"{batch_id}.receipt.json"}


async def test_a_batch_without_a_copy_stays(network: Network, world: World, tmp_path: Path) -> None:
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        with pytest.raises(NotVerifiedError, match="nothing was deleted"):
            await remove(client, batch_id, tmp_path / "typo")

    assert world.batch_ids == [batch_id]
    assert asked(world, "delete") == []
    assert names(tmp_path) == set()


async def test_a_batch_whose_copy_is_not_whole_stays(
    network: Network, world: World, tmp_path: Path
) -> None:
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        await download(client, [batch_id], tmp_path)
        path = tmp_path / f"{batch_id}.jsonl"
        path.write_bytes(path.read_bytes()[:-20])

        with pytest.raises(NotVerifiedError):
            await remove(client, batch_id, tmp_path)

    assert world.batch_ids == [batch_id]


async def test_a_batch_is_deleted_without_a_copy_when_that_is_asked_for(
    network: Network, world: World, tmp_path: Path
) -> None:
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        await remove(client, batch_id, tmp_path, unverified=True)

    assert world.batch_ids == []


@pytest.mark.parametrize("unverified", [False, True])
async def test_a_batch_that_runs_is_not_even_asked_to_go_since_it_may_end_before_that(
    network: Network, world: World, tmp_path: Path, *, unverified: bool
) -> None:
    running = world.add_in_progress_batch(10)
    async with network.client() as client:
        with pytest.raises(BatchNotEndedError, match="nothing was deleted; cancel it first, or"):
            await remove(client, running, tmp_path, unverified=unverified)
        await client.messages.batches.cancel(running)
        with pytest.raises(BatchNotEndedError, match="nothing was deleted; wait for its results"):
            await remove(client, running, tmp_path, unverified=unverified)

    assert asked(world, "delete") == []


async def test_a_batch_that_nobody_knows_is_not_found(
    network: Network, world: World, tmp_path: Path
) -> None:
    async with network.client() as client:
        with pytest.raises(NotFoundError):
            await remove(client, "msgbatch_unknown", tmp_path)
        with pytest.raises(InvalidIdError):
            await remove(client, "../x", tmp_path)

    assert len(world.requests) == 1


async def test_another_batch_than_the_one_asked_for_is_never_deleted(
    network: Network, world: World, tmp_path: Path
) -> None:
    async with network.client() as client:
        batch = await client.messages.batches.retrieve(world.batch_ids[0])
    peer = ScriptedPeer([answer(msgspec.json.encode(batch))])
    network.put(peer)

    async with network.client() as client:
        with pytest.raises(ProtocolError, match="answered with another batch"):
            await remove(client, "msgbatch_wanted", tmp_path, unverified=True)

    assert len(peer.requests) == 1
