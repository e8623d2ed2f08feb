"""What commands write: into pipes that end, stall or are closed, and onto full disks."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.cli.shell import command, finish, start
from tests.trio_batches.cli.waiting import bytes_waiting, slow_world, wait_until
from tests.trio_batches.jobs.places import assert_whole, names
from tests.trio_batches.store.ledger_samples import ask
from trio_batches.store import Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.trio_batches.cli.shell import Done, Shell
    from trio_batches.simulator import World

    Serve = Callable[[World], str]


@pytest.mark.parametrize("name", ["results", "list"])
def test_a_reader_that_has_seen_enough_ends_the_command_quietly(service: Serve, name: str) -> None:
    world = slow_world(*[3000] * 3, bandwidth=None)
    service(world)
    arguments = [] if name == "list" else [world.batch_ids[0]]
    process = start(command(name, *arguments))
    assert process.stdout is not None
    if name == "results":
        assert process.stdout.readline().startswith(b'{"custom_id":')

    process.stdout.close()

    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(30) == 0
    process.stderr.close()


def test_head_ends_the_results_quietly(shell: Shell, service: Serve) -> None:
    world = slow_world(3000, bandwidth=None)
    service(world)
    line = " ".join(command("results", world.batch_ids[0]))

    done = finish(start(["bash", "-c", f"set -o pipefail; {line} | head -1"]))

    assert (done.code, done.said) == (0, "")
    assert len(done.objects) == 1
    assert names(shell.folder) == set()


def test_a_job_whose_reader_has_gone_says_what_failed_and_keeps_its_exit_code(
    shell: Shell, service: Serve
) -> None:
    world = slow_world(20, bandwidth=None)
    service(world)
    there = world.batch_ids[0]

    download = without_reader("download", "msgbatch_no", there)
    path = shell.results / f"{there}.jsonl"
    path.write_bytes(path.read_bytes().replace(b"succeeded", b"SUCCEEDED", 1))
    verify = without_reader("verify")

    assert (download.code, verify.code) == (3, 6)
    assert "msgbatch_no" in download.said
    assert "1 downloaded" in download.said
    assert "1 not as they should be" in verify.said


def without_reader(*words: str) -> Done:
    """Run a command whose stdout nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return finish(start(command(*words), stdout=writer))
    finally:
        os.close(writer)


@pytest.mark.parametrize("closing", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_outputs_that_are_closed_are_nobodys(shell: Shell, service: Serve, closing: str) -> None:
    world = slow_world(20, bandwidth=None)
    service(world)
    there = world.batch_ids[0]
    bash = ["bash", "-c", f'exec "$@" {closing}', "bash"]

    done = finish(start([*bash, *command("download", there, "msgbatch_no")]))

    assert done.code == 3
    assert "Traceback" not in done.said
    assert_whole(shell.results, world, there)


def test_a_reader_that_stalls_does_not_keep_a_signal_from_ending_the_command(
    service: Serve,
) -> None:
    world = slow_world(3000, bandwidth=None)
    service(world)
    process = start(command("results", world.batch_ids[0]))
    assert process.stdout is not None
    reader = process.stdout.fileno()
    wait_until(lambda: bytes_waiting(reader) > 60_000)  # of 65,536, in pages that may have gaps

    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 7
    assert finish(process).said == "interrupted: nothing was left half-done\n"


def test_a_pipe_that_does_not_block_gets_everything(service: Serve) -> None:
    world = slow_world(3000, bandwidth=None)
    service(world)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    process = start(command("results", world.batch_ids[0]), stdout=writer)
    os.close(writer)
    wait_until(lambda: bytes_waiting(reader) > 60_000)

    with open(reader, "rb") as pipe:  # noqa: PTH123  # a descriptor
        lines = pipe.read().splitlines(keepends=True)

    assert finish(process).code == 0
    assert sorted(lines) == sorted(world.result_lines(world.batch_ids[0]))


def test_a_stdout_on_a_full_disk_is_an_error_of_the_disk(service: Serve) -> None:
    world = slow_world(100, bandwidth=None)
    service(world)

    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = finish(start(command("results", world.batch_ids[0]), stdout=full))

    assert done.code == 8
    assert done.said == "standard output: No space left on device\n"


def test_a_delete_that_cannot_be_told_is_written_down(shell: Shell, service: Serve) -> None:
    world = slow_world(100, bandwidth=None)
    service(world)
    (batch_id,) = world.batch_ids
    assert shell.call("download", batch_id).code == 0

    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = finish(start(command("delete", "--yes", batch_id), stdout=full))

    assert done.code == 8
    assert world.batch_ids == []
    assert ask(Home(shell.folder / "home"), "SELECT id FROM batch WHERE gone_at IS NOT NULL") == [
        (batch_id,)
    ]


def test_a_stderr_that_nobody_reads_changes_no_exit_code(service: Serve) -> None:
    service(slow_world())
    process = start(command("show", "msgbatch_unknown"))
    assert process.stderr is not None

    process.stderr.close()

    assert process.wait(30) == 3
    assert process.stdout is not None
    process.stdout.close()


def test_progress_is_not_drawn_into_a_file_whatever_the_environment_says(
    shell: Shell, service: Serve
) -> None:
    world = slow_world(10)
    service(world)
    shell.set("FORCE_COLOR", "1")

    done = shell.run("download", *world.batch_ids)

    assert done.code == 0
    assert done.said.count("\n") == 1
    assert "\x1b" not in done.said
