"""`download`: what it prints, and what it leaves."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.jobs.places import assert_whole, names
from trio_batches.simulator import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


def test_download_writes_verified_files_into_the_home(shell: Shell, world: World) -> None:
    ids = world.batch_ids[1:]

    done = shell.run("download", *ids)

    assert done.code == 0
    assert sorted(done.lines) == sorted(f"{name}\t{shell.results / name}.jsonl" for name in ids)
    assert done.said.startswith("3 downloaded; results: ")
    for count in ("105 succeeded", "12 errored", "6 canceled"):
        assert count in done.said
    for name in ids:
        assert_whole(shell.results, world, name)
        assert (shell.results / f"{name}.jsonl").stat().st_mode & 0o777 == 0o600
        assert (shell.results / f"{name}.receipt.json").stat().st_mode & 0o777 == 0o600
    assert shell.results.stat().st_mode & 0o777 == 0o700
    assert shell.results.parent.stat().st_mode & 0o777 == 0o700


def test_download_of_all_that_have_ended_as_json(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    archived = world.add_archived_batch(5)
    folder = tmp_path / "elsewhere"

    done = shell.call("download", "--ended", "--json", "-o", str(folder), "--concurrency", "1")

    assert done.code == 0
    ended = [name for name in world.batch_ids[1:] if name != archived]
    assert [entry["id"] for entry in done.objects] == ended[::-1]  # the oldest is lost first
    for entry in done.objects:
        assert entry["state"] == "downloaded"
        assert entry["file"] == str(folder / f"{entry['id']}.jsonl")
        assert entry["error"] is None
        receipt = json.loads((folder / f"{entry['id']}.receipt.json").read_bytes())
        assert entry["receipt"] == receipt


def test_download_again_asks_for_nothing_but_the_batches(shell: Shell, world: World) -> None:
    shell.call("download", "--ended")
    world.requests.clear()

    done = shell.call("download", "--ended")

    assert done.code == 0
    assert done.said.startswith("3 already here; results: ")
    assert [record.operation for record in world.requests] == ["list"]


def test_a_failed_download_is_an_object_too(shell: Shell, world: World) -> None:
    running = world.batch_ids[0]

    done = shell.call("download", "--json", running)

    assert done.code == 12
    assert done.objects == [
        {
            "id": running,
            "state": "failed",
            "file": None,
            "receipt": None,
            "attempts": 0,
            "request_id": None,
            "error": f"{running} is in_progress: its results come when it has ended",
        }
    ]


def test_nothing_has_ended_is_said(shell: Shell, service: Serve) -> None:
    service(World())

    done = shell.call("download", "--ended")

    assert (done.code, done.out, done.said) == (0, b"", "nothing to do\n")


def test_a_dry_run_says_what_there_is_to_do_and_does_nothing(shell: Shell, world: World) -> None:
    running, first, second, _ = world.batch_ids
    shell.call("download", first)
    world.requests.clear()

    done = shell.call("download", "--dry-run", running, first, second)
    objects = shell.call("download", "--dry-run", "--json", first, second).objects

    each = (shell.results / f"{first}.jsonl").stat().st_size / 40
    bytes_ = round(41 * each)
    assert done.table == [
        ["id", "results", "gone in", "bytes", "to do"],
        [second, "41", "28 d", f"{bytes_:,}", "download"],
        [first, "40", "28 d", "", "nothing: it is here, verified"],
        [running, "50", "28 d", "", "nothing: it is in_progress"],
    ]
    assert done.said.startswith(f"1 to download, 41 results, one request each; about {bytes_:,} b")
    assert [(entry["id"], entry["to_do"], entry["bytes"]) for entry in objects] == [
        (second, "download", bytes_),
        (first, "nothing: it is here, verified", None),
    ]
    assert {record.operation for record in world.requests} == {"retrieve"}
    assert names(shell.results) == {f"{first}.jsonl", f"{first}.receipt.json"}


def test_a_folder_whose_name_is_no_text_is_as_good_as_others(shell: Shell, world: World) -> None:
    _, first, second, _ = world.batch_ids
    home = os.fsencode(shell.folder) + b"/h\xff"
    shell.set("TRIO_BATCHES_HOME", os.fsdecode(home))

    done = shell.call("download", first)
    (outcome,) = shell.call("download", "--json", second).objects

    assert done.out == b"%s\t%s/results/%s.jsonl\n" % (first.encode(), home, first.encode())
    assert outcome["file"] == f"{shell.folder.as_uri()}/h%FF/results/{second}.jsonl"
    assert shell.call("verify").code == 0
    rebuilt = shell.call("ledger", "rebuild", "--offline").table
    assert rebuilt[:2] == [
        ["downloads", "2 verified files in the home"],
        ["lost", "0 files that are not there any more"],
    ]


@pytest.mark.parametrize("dry", [("--dry-run",), ()])
def test_a_receipt_that_cannot_be_read_is_said_of_its_batch_only(
    shell: Shell, world: World, dry: tuple[str, ...]
) -> None:
    _, first, second, third = world.batch_ids
    unreadable = shell.results / f"{first}.receipt.json"
    unreadable.mkdir(parents=True)

    done = shell.call("download", "--ended", *dry)

    assert done.code == 8
    assert f"{unreadable}: Is a directory\n" in done.said
    for batch_id in (second, third):
        assert batch_id.encode() in done.out
        assert (shell.results / f"{batch_id}.receipt.json").is_file() != bool(dry)


@pytest.mark.usefixtures("world")
def test_a_dry_run_makes_no_folder(shell: Shell) -> None:
    assert shell.call("download", "--dry-run", "--ended").code == 0
    assert not shell.results.exists()
