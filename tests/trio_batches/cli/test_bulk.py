"""`download` with all its options, `verify` and `resubmit`."""

from __future__ import annotations

import gzip
import os
import sqlite3
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.jobs.places import asked, assert_whole
from trio_batches.simulator import Edit, Fault, Scenario, World
from trio_batches.store.manifest import MANIFEST
from trio_batches.store.receipt import results_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


@pytest.fixture
def world(service: Serve) -> World:
    world = World(seed=4, scenario=Scenario(batch_seconds=0, errored=0.3))
    for number in range(3):
        world.add_ended_batch(40 + number, errored=4, age=3600.0 * (3 - number))
    service(world)
    return world


def test_only_batches_with_a_label_are_downloaded(shell: Shell, world: World) -> None:
    mine, other, _ = world.batch_ids
    shell.call("label", mine, "mine")
    shell.call("label", other, "other")

    done = shell.call("download", "--label", "mine")
    both = shell.call("download", "--ended", "--label", "other")
    named = shell.call("download", mine, other, "--label", "none of these")

    assert done.lines == [f"{mine}\t{results_path(shell.results, mine)}"]
    assert both.lines == [f"{other}\t{results_path(shell.results, other)}"]
    assert (named.code, named.said) == (0, "nothing to do\n")


def test_what_a_manifest_calls_unfinished_is_run_again(shell: Shell, service: Serve) -> None:
    corrupt = Fault(operation="results", times=None, edits=(Edit(line=4, what="corrupt"),))
    broken = World(seed=4, scenario=Scenario(faults=(corrupt,)))
    ids = [broken.add_ended_batch(40), broken.add_ended_batch(0)]
    service(broken)
    assert shell.call("download", *ids).code == 6
    mended = World(seed=4)
    assert [mended.add_ended_batch(40), mended.add_ended_batch(0)] == ids
    service(mended)

    done = shell.call("download", str(shell.results / MANIFEST))
    again = shell.call("download", "--from-manifest", str(shell.results / MANIFEST))

    assert (done.code, done.lines) == (0, [f"{ids[0]}\t{results_path(shell.results, ids[0])}"])
    assert_whole(shell.results, mended, ids[0])
    assert (again.code, again.said) == (0, "nothing to do\n")
    assert len(asked(mended, "results")) == 1


def test_what_list_prints_is_a_manifest_too(shell: Shell, world: World, tmp_path: Path) -> None:
    path = tmp_path / "listed.jsonl"
    path.write_bytes(shell.call("list", "--json").out)

    done = shell.call("download", "--from-manifest", str(path), "--concurrency", "2")

    assert done.code == 0
    assert len(done.lines) == len(world.batch_ids)


def test_compressed_files_are_written_and_verified(shell: Shell, world: World) -> None:
    done = shell.call("download", "--ended", "--compress", "gzip", "--no-fsync", "--json")
    verified = shell.call("verify")

    for entry in done.objects:
        path = str(entry["file"])
        assert path.endswith(".jsonl.gz")
        with gzip.open(path) as file:
            lines = file.read().splitlines(keepends=True)
        assert sorted(lines) == sorted(world.result_lines(str(entry["id"])))
    assert (verified.code, verified.out) == (0, b"")
    assert verified.said == f"{shell.results}: 3 verified\n"


def test_nothing_begins_when_the_time_is_up(shell: Shell, world: World) -> None:
    done = shell.call("download", "--ended", "--max-duration", "0s")

    assert (done.code, done.out) == (7, b"")
    assert "the time is up: run the same command again to go on" in done.said
    assert asked(world, "results") == []
    assert shell.call("download", "--ended", "--max-duration", "1h").code == 0


@pytest.mark.parametrize("span", ["soon", "-1", "1 h", "1w"])
def test_a_time_that_is_none_is_refused(shell: Shell, span: str) -> None:
    done = shell.call("download", "--ended", "--max-duration", span)

    assert done.code == 2
    assert "is no time: say 90s, 30m, 2h or 1d" in done.said


def test_the_request_budget_spaces_requests(shell: Shell, world: World) -> None:
    assert shell.call("download", "--ended", "--max-requests-per-minute", "120").code == 0

    times = sorted(record.time for record in world.requests)
    assert len(times) == 4
    assert times[3] - times[0] > 0.9


def test_a_ledger_that_cannot_be_opened_is_said_and_files_come(shell: Shell, world: World) -> None:
    (shell.folder / "home" / "ledger.db").mkdir(parents=True)

    done = shell.call("download", "--ended")

    assert done.code == 0
    assert done.said.startswith("without the ledger: ")
    for batch_id in world.batch_ids:
        assert_whole(shell.results, world, batch_id)


def test_downloads_are_in_the_ledger(shell: Shell, world: World) -> None:
    shell.call("download", "--ended")

    ledger = sqlite3.connect(shell.folder / "home" / "ledger.db")
    rows = ledger.execute("SELECT batch, lines FROM download").fetchall()
    ledger.close()
    assert sorted(rows) == sorted(zip(world.batch_ids, (42, 41, 40), strict=True))


def test_changed_bytes_are_found_with_checksum(shell: Shell, world: World) -> None:
    shell.call("download", "--ended")
    path = results_path(shell.results, world.batch_ids[0])
    found = path.stat()
    path.write_bytes(path.read_bytes().replace(b"standard", b"Standard", 1))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))

    assert "3 already here" in shell.call("download", "--ended").said
    assert "1 downloaded, 2 already here" in shell.call("download", "--ended", "--checksum").said


def test_verify_needs_no_service_and_no_key(shell: Shell, world: World) -> None:
    shell.call("download", "--ended")
    world.requests.clear()
    shell.set("ANTHROPIC_API_KEY", None)

    done = shell.call("verify", str(shell.results), "--json")

    assert done.code == 0
    assert [entry["state"] for entry in done.objects] == ["verified"] * 3
    assert world.requests == []


def test_verify_names_what_is_wrong(shell: Shell, world: World) -> None:
    gone, cut, unproven = world.batch_ids
    shell.call("download", "--ended")
    results_path(shell.results, gone).unlink()
    path = results_path(shell.results, cut)
    path.write_bytes(path.read_bytes()[:-10])
    (shell.results / f"{unproven}.receipt.json").unlink()

    done = shell.call("verify")

    assert done.code == 6
    assert {row[0]: row[1] for row in done.table} == {
        gone: "missing",
        cut: "changed",
        unproven: "unproven",
    }
    assert done.said == (
        f"{shell.results}: 1 without a receipt, 2 not as they should be: "
        f"delete what is there of them, and download them again\n"
    )


def test_files_without_receipts_get_them_from_download(shell: Shell, world: World) -> None:
    shell.call("download", "--ended")
    (shell.results / f"{world.batch_ids[0]}.receipt.json").unlink()

    assert shell.call("verify").code == 5
    assert shell.call("download", "--ended").code == 0
    assert shell.call("verify").code == 0


def test_verify_of_nothing_is_fine_and_of_no_folder_is_not(shell: Shell, tmp_path: Path) -> None:
    nothing = shell.call("verify")
    (tmp_path / "empty").mkdir()
    empty = shell.call("verify", str(tmp_path / "empty"))

    assert (nothing.code, nothing.said) == (0, f"{shell.results}: there are no results yet\n")
    assert (empty.code, empty.said) == (0, f"{tmp_path / 'empty'}: there are no results yet\n")
    assert shell.call("verify", str(tmp_path / "nowhere")).code == 2


def submit_some(shell: Shell, tmp_path: Path, count: int = 20) -> str:
    params = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "Hello"}],
    }
    lines = [{"custom_id": f"r{number}", "params": params} for number in range(count)]
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return shell.call("submit", str(path), "--label", "nightly").lines[0]


@pytest.mark.usefixtures("world")
def test_resubmit_sends_what_failed_as_a_new_batch(shell: Shell, tmp_path: Path) -> None:
    parent = submit_some(shell, tmp_path)
    shell.call("watch", parent)

    plan = shell.call("resubmit", parent, "--dry-run", "--json").objects[0]
    table = shell.call("resubmit", parent, "--dry-run").table
    done = shell.call("resubmit", parent)
    again = shell.call("resubmit", parent)

    assert plan == {
        "parents": [parent],
        "requests": 5,
        "kinds": {"errored": 5},
        "invalid": 1,
        "sent_before": 0,
    }
    assert table == [["what", "how much"], ["errored", "5 requests"], ["all", "5 requests"]]
    (child,) = done.lines
    assert done.code == 0
    assert "1 requests are left out, since the service refused them as invalid" in done.said
    assert again.code == 2
    assert f"have been submitted already, as {child}: nothing was sent; say --again" in again.said
    rest = shell.call("resubmit", parent, "--include-invalid", "--json")
    assert [entry["requests"] for entry in rest.objects] == [1]
    assert "5 requests are left out, since they were sent again before" in rest.said


def test_resubmit_says_what_cannot_be_joined(shell: Shell, world: World) -> None:
    batch_id = world.batch_ids[0]

    done = shell.call("resubmit", batch_id)

    assert done.code == 2
    assert f"{batch_id}: its requests were not kept: " in done.said
    assert asked(world, "create") == []


def test_resubmit_of_what_went_well_sends_nothing(shell: Shell, service: Serve) -> None:
    world = World(seed=4)
    batch_id = world.add_ended_batch(3)
    service(world)

    done = shell.call("resubmit", batch_id)

    assert (done.code, done.out) == (0, b"")
    assert done.said.endswith("nothing to send again\n")
