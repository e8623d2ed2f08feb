"""Compressed results files."""

from __future__ import annotations

import gzip
import hashlib
import sys
from typing import TYPE_CHECKING

import pytest
import trio
from backports import zstd

from tests.trio_batches.jobs.places import asked, names, part_names
from trio_batches.errors import ConfigurationError
from trio_batches.jobs import download
from trio_batches.simulator import Cut, Fault, Scenario, World
from trio_batches.store import ResultsFolder
from trio_batches.store.compression import SUFFIXES, compression_of
from trio_batches.store.part_file import WRITE_BYTES
from trio_batches.store.receipt import load_receipt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.store.compression import Compression

KINDS: list[Compression] = ["gzip", "zstd"]


def lines_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = zstd.decompress(data)
    return data.splitlines(keepends=True)


def world_of(*sizes: int, faults: tuple[Fault, ...] = ()) -> World:
    world = World(seed=7, scenario=Scenario(faults=faults))
    for size in sizes:
        world.add_ended_batch(size, errored=size // 4, result_bytes=4000)
    return world


def assert_whole(folder: Path, world: World, batch_id: str, kind: Compression | None) -> None:
    path = folder / f"{batch_id}.jsonl{SUFFIXES[kind]}"
    lines = lines_of(path)
    assert sorted(lines) == sorted(world.result_lines(batch_id))
    receipt = load_receipt(folder, batch_id)
    assert receipt is not None
    content = b"".join(lines)
    assert (receipt.file, receipt.compression, receipt.lines) == (path.name, kind, len(lines))
    assert receipt.bytes == path.stat().st_size
    assert receipt.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    if kind is not None:
        assert receipt.lines_bytes == len(content)
        assert receipt.lines_sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
async def test_files_are_whole_and_smaller_and_found_again(
    network: Network, tmp_path: Path, kind: Compression
) -> None:
    world = network.serve(world=world_of(0, 2 * WRITE_BYTES // 4000, 30))
    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path, compression=kind)
        world.requests.clear()
        again = await download(client, world.batch_ids, tmp_path)

    for batch_id in world.batch_ids:
        assert_whole(tmp_path, world, batch_id, kind)
        receipt = progress.batches[batch_id].receipt
        assert receipt is not None
        if receipt.lines:
            assert receipt.bytes < progress.batches[batch_id].received / 2
    assert again.count("present") == 3
    assert world.requests == []
    assert len(names(tmp_path)) == 6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("then", [None, *KINDS])
async def test_what_an_interrupted_download_left_is_taken_over_in_any_form(
    network: Network, tmp_path: Path, kind: Compression, then: Compression | None
) -> None:
    stall = Fault(operation="results", cut=Cut(place="line", at=300, how="stall"))
    world = network.serve(world=world_of(400, faults=(stall,)))
    (batch_id,) = world.batch_ids
    async with network.client() as client:
        with trio.move_on_after(5):
            await download(client, [batch_id], tmp_path, compression=kind)
        (part,) = part_names(tmp_path)
        assert compression_of(part) == kind
        kept = len(b"".join(world.result_lines(batch_id))) // 2

        progress = await download(client, [batch_id], tmp_path, compression=then)

    assert_whole(tmp_path, world, batch_id, then)
    assert part_names(tmp_path) == set()
    assert progress.batches[batch_id].received < kept
    assert len(asked(world, "results")) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_a_part_that_is_cut_off_or_damaged_is_used_as_far_as_it_goes(
    network: Network, tmp_path: Path, kind: Compression
) -> None:
    world = network.serve(world=world_of(300))
    (batch_id,) = world.batch_ids
    file = f"{batch_id}.jsonl{SUFFIXES[kind]}"
    async with network.client() as client:
        await download(client, [batch_id], tmp_path, compression=kind)
        whole = (tmp_path / file).read_bytes()
        for name in names(tmp_path):
            (tmp_path / name).unlink()
        half = len(whole) // 2
        (tmp_path / f"{file}.0000.part").write_bytes(whole[:half])
        (tmp_path / f"{file}.0001.part").write_bytes(whole[:half] + b"\xff" * 100)

        await download(client, [batch_id], tmp_path, compression=kind)

    assert_whole(tmp_path, world, batch_id, kind)
    assert part_names(tmp_path) == set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("damage", ["cut", "changed"])
async def test_a_file_without_a_receipt_is_read_before_it_gets_one(
    network: Network, tmp_path: Path, kind: Compression, damage: str
) -> None:
    world = network.serve(world=world_of(30))
    (batch_id,) = world.batch_ids
    path = tmp_path / f"{batch_id}.jsonl{SUFFIXES[kind]}"
    async with network.client() as client:
        await download(client, [batch_id], tmp_path, compression=kind)
        receipt = tmp_path / f"{batch_id}.receipt.json"
        receipt.unlink()
        assert (await download(client, [batch_id], tmp_path)).count("present") == 1
        assert_whole(tmp_path, world, batch_id, kind)

        receipt.unlink()
        content = path.read_bytes()
        changed = content[:-20] + bytes(20)
        path.write_bytes(content[:-20] if damage == "cut" else changed)
        progress = await download(client, [batch_id], tmp_path, compression=kind)

    assert progress.count("downloaded") == 1
    assert_whole(tmp_path, world, batch_id, kind)


async def test_zstd_without_its_package_is_refused_before_anything_is_made(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    async with network.client() as client:
        with pytest.raises(ConfigurationError, match=r"pip install 'trio-batches\[zstd\]'"):
            await download(client, ["x"], tmp_path / "new", compression="zstd")
    assert not (tmp_path / "new").exists()


async def test_without_syncing_files_are_as_whole(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=world_of(30, 30))
    async with network.client() as client:
        await download(client, world.batch_ids, tmp_path, sync=False)

    for batch_id in world.batch_ids:
        assert_whole(tmp_path, world, batch_id, None)


def test_a_receipt_of_a_file_elsewhere_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.receipt.json").write_text(
        '{"batch_id":"a","file":"../b.jsonl","bytes":0,"modified_ns":0,"sha256":"","lines":0,'
        '"counts":{},"created_at":"2026-01-01T00:00:00Z","ended_at":null,'
        '"verified_at":"2026-01-01T00:00:00Z","version":"1"}'
    )
    assert load_receipt(tmp_path, "a") is None
    assert ResultsFolder(tmp_path).held("a") is None
