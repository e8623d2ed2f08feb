"""Commands as processes: signals, full disks, and being killed."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.cli.shell import command, finish, start
from tests.trio_batches.cli.waiting import slow_world, wait_until
from tests.trio_batches.jobs.places import (
    asked,
    assert_nothing_is_half_done,
    assert_whole,
    part_names,
)
from tests.trio_batches.jobs.submissions import lines, requests
from tests.trio_batches.store.ledger_samples import ask
from trio_batches.simulator import Fault, Scenario, World
from trio_batches.store import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell
    from trio_batches.simulator.faults import Operation

    Serve = Callable[[World], str]


def largest_first(world: World) -> list[str]:
    def size(batch_id: str) -> int:
        return sum(1 for _ in world.result_lines(batch_id))

    return sorted(world.batch_ids, key=size, reverse=True)


def hurry(world: World) -> None:
    world.scenario = msgspec.structs.replace(world.scenario, bandwidth=None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_download_keeps_what_is_whole_and_goes_on_later(
    shell: Shell, service: Serve, number: signal.Signals
) -> None:
    world = slow_world(5, 2000, 2000)
    service(world)
    first, second, small = largest_first(world)
    process = start(command("download", small, first, second))
    wait_until((shell.results / f"{small}.receipt.json").exists)
    wait_until(lambda: sum(record.sent_bytes > 150_000 for record in world.requests) == 2)

    process.send_signal(number)
    done = finish(process)

    assert done.code == 7
    assert done.said == (
        f"interrupted: complete files are in {shell.results}, parts are kept beside them: "
        f"run the same command again to go on\n"
    )
    assert_whole(shell.results, world, small)
    kept = {name.split(".")[0]: shell.results / name for name in part_names(shell.results)}
    assert set(kept) == {first, second}
    contents = {name: path.read_bytes() for name, path in kept.items()}
    assert all(content.endswith(b"\n") for content in contents.values())
    hurry(world)
    world.requests.clear()

    again = shell.run("download", small, first, second)

    assert again.code == 0
    for name in (small, first, second):
        assert_whole(shell.results, world, name)
    for name, content in contents.items():
        assert (shell.results / f"{name}.jsonl").read_bytes().startswith(content)
    assert sorted(record.path.split("/")[4] for record in asked(world, "results")) == sorted(
        [first, second]
    )
    assert part_names(shell.results) == set()


def all_hang_but_two(operation: Operation) -> Fault:
    return Fault(operation=operation, nth=3, times=None, delay=3600)


def interrupted_after_two(world: World, name: Operation, *batch_ids: str) -> dict[str, str]:
    """Interrupt a command when two of its changes are made; return what it says of which batch.

    It makes eight at a time: when it asks for the tenth, it has heard of two.
    """
    process = start(command(name, "--yes", *batch_ids))
    wait_until(lambda: len(asked(world, name)) == 10)

    process.send_signal(signal.SIGINT)
    done = finish(process)

    assert done.code == 7
    assert "what is told above is done" in done.said
    return dict(line.split("\t") for line in done.lines)


def test_an_interrupt_hides_no_batch_that_was_cancelled(service: Serve) -> None:
    world = World(scenario=Scenario(faults=(all_hang_but_two("cancel"),)))
    ids = [world.add_in_progress_batch(5) for _ in range(11)]
    service(world)

    told = interrupted_after_two(world, "cancel", *ids)

    assert list(told.values()) == ["canceling"] * 2
    assert told.keys() < set(ids)


def test_an_interrupt_hides_no_batch_that_was_deleted(shell: Shell, service: Serve) -> None:
    world = World(scenario=Scenario(faults=(all_hang_but_two("delete"),)))
    ids = [world.add_ended_batch(5) for _ in range(11)]
    service(world)
    assert shell.call("download", *ids).code == 0

    told = interrupted_after_two(world, "delete", *ids)

    assert list(told.values()) == ["deleted"] * 2
    assert not told.keys() & set(world.batch_ids)
    gone = ask(Home(shell.folder / "home"), "SELECT id FROM batch WHERE gone_at IS NOT NULL")
    assert {name for (name,) in gone} == told.keys()


@pytest.mark.parametrize("module", ["trio_batches.cli.main", "trio_batches.transport.wire"])
def test_an_interrupt_while_a_command_is_loaded_is_a_line(service: Serve, module: str) -> None:
    service(World())
    script = f"""
import os, signal, sys
from trio_batches.cli import main

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
sys.argv = ["trio-batches", "list"]
main()
"""
    done = finish(start([sys.executable, "-c", script]))

    assert done.code == 7
    assert done.said.startswith("interrupted")
    assert done.said.count("\n") == 1


def test_an_interrupt_before_the_work_of_a_command_is_a_line(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> Home:
        raise KeyboardInterrupt

    monkeypatch.setattr("trio_batches.cli.changes.Home", interrupt)

    done = shell.call("delete", "msgbatch_1", "--yes")

    assert (done.code, done.said) == (7, "interrupted\n")


def test_an_interrupted_wait_does_not_say_that_something_is_left_to_send(
    service: Serve, tmp_path: Path
) -> None:
    world = World()
    service(world)
    (tmp_path / "in").write_bytes(lines(requests(3)))
    process = start(command("submit", "--wait", str(tmp_path / "in")))
    wait_until(lambda: any(record.finished for record in asked(world, "retrieve")))

    process.send_signal(signal.SIGINT)
    done = finish(process)

    assert (done.code, done.lines) == (7, world.batch_ids)
    assert done.said.endswith(
        "interrupted: all of it is submitted; `trio-batches watch` waits for its end\n"
    )


def test_requests_of_a_resubmission_that_was_killed_do_not_stay(
    shell: Shell, service: Serve, tmp_path: Path
) -> None:
    world = World(
        scenario=Scenario(
            batch_seconds=0, expired=1.0, faults=(Fault(operation="create", nth=2, delay=3600),)
        )
    )
    service(world)
    for name, count in (("first", 3), ("second", 4)):
        (tmp_path / name).write_bytes(lines(requests(count, name)))
    (parent,) = shell.call("submit", str(tmp_path / "first")).lines
    process = start(command("resubmit", parent))
    wait_until(lambda: len(asked(world, "create")) == 2)
    process.kill()
    finish(process)
    folder = shell.folder / "home" / "requests"
    left = {path.name for path in folder.iterdir() if path.is_dir()}

    (other,) = shell.call("submit", str(tmp_path / "second")).lines

    assert len(left) == 2
    kept = {path.name for path in folder.iterdir()}
    assert {f"{parent}.jsonl", f"{other}.jsonl"} < kept
    (chunk,) = kept & left  # of the create that is to be looked for
    assert {path.name for path in (folder / chunk).iterdir()} == {"0000.jsonl", "whole"}


def test_a_second_signal_ends_the_process_at_once(shell: Shell, service: Serve) -> None:
    world = slow_world(5)
    service(world)
    (batch_id,) = world.batch_ids
    shell.results.mkdir(parents=True)
    pipe = shell.results / f"{batch_id}.jsonl"
    os.mkfifo(pipe)  # whoever reads it waits, and no cancelling helps
    process = start(command("download", batch_id))
    writer = open_for_reader(pipe)

    process.send_signal(signal.SIGINT)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)

    assert finish(process).code == 7
    os.close(writer)


def open_for_reader(pipe: Path) -> int:
    """Open a pipe for writing once somebody reads it."""
    opened: list[int] = []

    def try_to_open() -> bool:
        with contextlib.suppress(OSError):
            opened.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(opened)

    wait_until(try_to_open)
    return opened[0]


def test_nohup_is_respected(shell: Shell, service: Serve) -> None:
    world = slow_world(1000)
    service(world)
    process = start(["nohup", *command("download", *world.batch_ids)], stdin=subprocess.DEVNULL)
    wait_until(lambda: any(record.sent_bytes > 50_000 for record in world.requests))

    process.send_signal(signal.SIGHUP)
    hurry(world)

    assert finish(process).code == 0
    assert_whole(shell.results, world, world.batch_ids[0])


def test_a_download_that_is_killed_at_any_time_is_completed_by_the_next_one(
    shell: Shell, service: Serve
) -> None:
    world = slow_world(3000, 6000, 10, bandwidth=3_000_000)
    service(world)
    dice = random.Random(2026)
    for _ in range(3):
        world.requests.clear()
        enough = dice.randrange(3_500_000)
        process = start(command("download", *world.batch_ids, "--concurrency", "3"))
        wait_until(
            lambda enough=enough, process=process: (  # type: ignore[misc]
                sum(record.sent_bytes for record in world.requests) > enough
                or process.poll() is not None
            )
        )
        process.kill()
        finish(process)
        assert_nothing_is_half_done(shell.results, world)
    hurry(world)

    assert shell.run("download", *world.batch_ids).code == 0

    for batch_id in world.batch_ids:
        assert_whole(shell.results, world, batch_id)
    assert part_names(shell.results) == set()


@pytest.mark.parametrize("place", ["file/below", "/proc/nothing/here"])
def test_a_folder_that_cannot_be_made_is_an_error_of_the_disk(
    shell: Shell, service: Serve, place: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    world = slow_world(10)
    service(world)

    done = shell.call("download", *world.batch_ids, "-o", str(tmp_path / place))

    if place == "file":  # the parser of the options sees that
        assert done.code == 2
        return
    assert done.code == 8
    assert done.said.count("\n") == 1
    assert done.said.startswith(
        str(tmp_path / "file") if place == "file/below" else "/proc/nothing"
    )


def test_a_file_that_may_not_grow_is_said_and_what_is_whole_stays(
    shell: Shell, service: Serve
) -> None:
    world = slow_world(10, 3000, bandwidth=None)
    service(world)
    large, small = largest_first(world)
    arguments = command("download", small, large, "--concurrency", "1")

    done = finish(start(["prlimit", "--fsize=500000", *arguments]))

    assert done.code == 8
    assert f"{large}.jsonl" in done.said
    assert "File too large: free some space, then run the same command again" in done.said
    assert_whole(shell.results, world, small)
    assert_nothing_is_half_done(shell.results, world)
    assert shell.run("download", small, large).code == 0
    assert_whole(shell.results, world, large)


FULL_DISK = """
mount -t tmpfs -o size=1m,mode=700 tmpfs "$1" || exit 99
shift; folder=$1; shift
"$@"; echo "first $?"
ls "$folder"
mount -o remount,size=64m "$folder"
"$@"; echo "second $?"
cp "$folder"/* "$folder/../copy/"
"""


def test_a_full_disk_is_said_and_the_next_run_completes_what_is_missing(
    service: Serve, tmp_path: Path
) -> None:
    if finish(start(["unshare", "-m", "true"])).code:
        pytest.skip("unshare is not permitted: no disk of our own to fill")
    world = slow_world(10, 4000, bandwidth=None)
    service(world)
    large, small = largest_first(world)
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    copy.mkdir()
    arguments = command("download", small, large, "--concurrency", "1", "-o", str(disk))

    script = ["unshare", "-m", "sh", "-c", FULL_DISK, "sh", str(disk), str(disk), *arguments]
    done = finish(start(script))

    assert "first 8" in done.lines
    assert "second 0" in done.lines
    first_run = done.lines[: done.lines.index("second 0")]
    assert f"{small}.jsonl" in first_run
    assert f"{small}.receipt.json" in first_run
    assert f"{large}.jsonl" not in first_run
    assert "No space left on device: free some space, then run the same command" in done.said
    for batch_id in (small, large):
        assert_whole(copy, world, batch_id)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not there")
def test_a_disk_that_fails_is_an_error_of_the_disk(shell: Shell, service: Serve) -> None:
    world = slow_world(10)
    service(world)
    inject = "inject=fsync:error=EIO:when=3"
    trace = ["strace", "-f", "-o", "/dev/null", "--seccomp-bpf", "-e", "trace=fsync", "-e", inject]

    done = finish(start([*trace, *command("download", *world.batch_ids)]))

    assert done.code == 8
    assert done.said.count("\n") == 1
    assert "Input/output error" in done.said
    assert_nothing_is_half_done(shell.results, world)
    assert shell.run("download", *world.batch_ids).code == 0
    assert_whole(shell.results, world, world.batch_ids[0])
