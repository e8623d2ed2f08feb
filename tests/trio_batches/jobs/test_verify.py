from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from trio_batches.errors import StorageError
from trio_batches.jobs import VerifyReport, VerifyState, download, verify
from trio_batches.simulator import World
from trio_batches.store import Home, open_ledger
from trio_batches.store.receipt import Receipt, load_receipt, results_path, save_receipt
from trio_batches.types import encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.store.compression import Compression


@pytest.fixture
async def ids(network: Network, tmp_path: Path) -> list[str]:
    """Three batches that have been downloaded."""
    world = World(seed=3)
    for size in (0, 20, 30):
        world.add_ended_batch(size, errored=size // 4, expired=size // 10, result_bytes=400)
    network.serve(world=world)
    async with network.client() as client:
        await download(client, world.batch_ids, tmp_path)
    return world.batch_ids


async def test_what_was_downloaded_is_sound(tmp_path: Path, ids: list[str]) -> None:
    report = await verify(tmp_path)

    assert list(report.files) == sorted(ids)
    assert (report.count("verified"), report.total, report.sound) == (3, 3, True)


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
async def test_compressed_files_are_verified_too(
    network: Network, tmp_path: Path, kind: Compression
) -> None:
    world = World(seed=3)
    good, bad = world.add_ended_batch(20), world.add_ended_batch(30)
    network.serve(world=world)
    async with network.client() as client:
        await download(client, world.batch_ids, tmp_path, compression=kind)
    receipt = load_receipt(tmp_path, bad)
    assert receipt is not None
    save_receipt(tmp_path, msgspec.structs.replace(receipt, lines_sha256="0" * 64))

    report = await verify(tmp_path)

    assert report.files[good].state == "verified"
    assert report.files[bad].state == "changed"


def double_a_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines]))


def forget_a_line(path: Path) -> None:
    content = path.read_bytes()
    end = content.index(b"\n")
    path.write_bytes(b" " * end + content[end:])


def swap_in_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def spoil_the_receipt(path: Path) -> None:
    path.with_name(path.name.replace(".jsonl", ".receipt.json")).write_bytes(b"{")


def remove_the_receipt(path: Path) -> None:
    path.with_name(path.name.replace(".jsonl", ".receipt.json")).unlink()


DAMAGE: dict[str, tuple[Callable[[Path], object], VerifyState, str]] = {
    "gone": (lambda path: path.unlink(), "missing", "is not there, but its receipt is"),
    "cut": (lambda path: os.truncate(path, 100), "changed", "it has 100 bytes, its receipt says"),
    "doubled": (double_a_line, "changed", "bytes, its receipt says"),
    "blanked": (forget_a_line, "changed", "its results are damaged"),
    "a folder": (swap_in_a_folder, "changed", "bytes, its receipt says"),
    "no receipt": (remove_the_receipt, "unproven", "it has no receipt"),
    "a receipt that is none": (spoil_the_receipt, "unproven", "its receipt is none"),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_damage_is_found_and_named(tmp_path: Path, ids: list[str], damage: str) -> None:
    do, state, reason = DAMAGE[damage]
    do(results_path(tmp_path, ids[0]))

    report = await verify(tmp_path)

    found = report.files[ids[0]]
    assert found.state == state
    assert found.reason is not None
    assert reason in found.reason
    assert report.count("verified") == 2
    assert report.sound == (state == "unproven")


async def test_a_byte_that_was_changed_is_found_whatever_the_time_says(
    tmp_path: Path, ids: list[str]
) -> None:
    path = results_path(tmp_path, ids[0])
    content = path.read_bytes()
    found = path.stat()
    path.write_bytes(content.replace(b"standard", b"Standard", 1))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert path.read_bytes() != content

    report = await verify(tmp_path)

    assert report.files[ids[0]].reason == "its hash is not the one in its receipt"


async def test_a_receipt_that_cannot_be_read_is_in_the_report(
    tmp_path: Path, ids: list[str]
) -> None:
    receipt = tmp_path / f"{ids[0]}.receipt.json"
    receipt.unlink()
    receipt.mkdir()

    report = await verify(tmp_path)

    assert report.files[ids[0]].state == "unreadable"


async def test_other_files_are_left_out(tmp_path: Path, ids: list[str]) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / f"{ids[0]}.jsonl.0000.part").touch()
    (tmp_path / f"{ids[0]}.jsonl.lock").touch()

    assert (await verify(tmp_path)).count("verified") == 3


async def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        await verify(tmp_path / "nowhere")


async def test_the_report_can_be_looked_at_meanwhile(tmp_path: Path, ids: list[str]) -> None:
    report = VerifyReport(tmp_path)

    assert await verify(tmp_path, report=report, concurrency=1) is report
    assert report.total == len(ids)


async def test_a_copy_that_the_ledger_knows_is_missed(network: Network, tmp_path: Path) -> None:
    home = Home(tmp_path)
    world = World(seed=3)
    lost, kept = world.add_ended_batch(5), world.add_ended_batch(5)
    network.serve(world=world)
    async with network.client() as client, open_ledger(home) as ledger:
        await download(client, world.batch_ids, home.results, ledger=ledger)
        await download(client, world.batch_ids, tmp_path / "elsewhere", ledger=ledger)
        results_path(home.results, lost).unlink()
        (home.results / f"{lost}.receipt.json").unlink()

        report = await verify(home.results, ledger)

    assert report.files[lost].state == "missing"
    assert report.files[kept].state == "verified"
    assert not report.sound


async def test_counts_that_the_service_has_told_otherwise_contradict_a_receipt(
    network: Network, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    world = World(seed=3)
    batch_id = world.add_ended_batch(5)
    running = world.add_in_progress_batch(5)
    network.serve(world=world)
    async with network.client() as client, open_ledger(home) as ledger:
        await download(client, [batch_id], home.results)
        told = await client.messages.batches.retrieve(batch_id)
        counts = msgspec.structs.replace(told.request_counts, succeeded=4, errored=1)
        other = msgspec.structs.replace(told, request_counts=counts)
        still = await client.messages.batches.retrieve(running)
        await ledger.save_batches([(other, encode(other)), (still, encode(still))])
        receipt = load_receipt(home.results, batch_id)
        assert receipt is not None
        save_receipt(home.results, _of(receipt, running))
        results_path(home.results, running).write_bytes(
            results_path(home.results, batch_id).read_bytes()
        )

        report = await verify(home.results, ledger)

    assert report.files[running].state == "verified"
    assert report.files[batch_id].state == "contradicted"
    assert report.files[batch_id].reason == (
        "its receipt counts 5 succeeded, the service 4 succeeded, 1 errored"
    )
    assert not report.sound


def _of(receipt: Receipt, batch_id: str) -> Receipt:
    return msgspec.structs.replace(receipt, batch_id=batch_id, file=f"{batch_id}.jsonl")
