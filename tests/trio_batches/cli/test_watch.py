from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from rich.console import Console

from tests.trio_batches.cli.shell import command
from trio_batches.cli.watch_table import WatchTable
from trio_batches.errors import StorageError
from trio_batches.simulator import World
from trio_batches.store import Label, Ledger
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


@pytest.fixture
def world(service: Serve) -> World:
    world = World(seed=4)
    service(world)
    return world


def test_without_a_terminal_each_change_is_a_line_of_json(shell: Shell, world: World) -> None:
    batch_id = world.add_ended_batch(40, errored=4)
    done = shell.call("watch", batch_id)
    assert done.code == 0
    (batch,) = done.objects
    assert (batch["id"], batch["processing_status"]) == (batch_id, "ended")
    assert (done.said, shell.call("watch").said) == ("", "no batch is in progress\n")


def test_all_that_run_are_watched_until_the_timeout(shell: Shell, world: World) -> None:
    batch_id = world.add_in_progress_batch(5)
    world.add_ended_batch(5)
    done = shell.call("watch", "--timeout", "0.2")
    assert done.code == 12
    assert [one["id"] for one in done.objects] == [batch_id]
    assert done.said == "still in progress after 0.2 s\n"


def test_a_clock_that_is_wrong_hides_nothing_that_runs(shell: Shell, service: Serve) -> None:
    world = World(seed=4, start=datetime.now(UTC) - timedelta(days=2))
    batch_id = world.add_in_progress_batch(5)
    service(world)
    done = shell.call("watch", "--timeout", "0.2")
    assert [one["id"] for one in done.objects] == [batch_id]


def test_a_ledger_that_cannot_be_written_keeps_no_command_from_running(
    shell: Shell, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        await trio.lowlevel.checkpoint()
        raise StorageError("ledger.db", "No space left on device")

    monkeypatch.setattr(Ledger, "save_batches", fail)
    ids = [world.add_ended_batch(5) for _ in range(2)]

    done = shell.call("watch", "--exec", "echo $BATCH_ID", *ids)

    assert done.code == 0
    assert done.said.count("No space left on device; watching on without the ledger") == 1
    assert all(batch_id in done.said for batch_id in ids)


def test_what_does_not_exist_has_its_exit_code(shell: Shell, world: World) -> None:
    there = world.add_ended_batch(5)
    done = shell.call("watch", "msgbatch_no", there)
    assert done.code == 3
    assert "msgbatch_no" in done.said
    assert len(done.objects) == 1


def test_a_command_runs_for_each_batch_that_ends(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    ids = [world.add_ended_batch(5) for _ in range(3)]
    noted = tmp_path / "noted"
    work = f'echo "$BATCH_ID $BATCH_STATUS" >> {shlex.quote(str(noted))}; echo said; exit 3'
    done = shell.call("watch", "--exec", work, *ids)
    assert done.code == 0
    assert sorted(noted.read_text().splitlines()) == sorted(f"{name} ended" for name in ids)
    assert len(done.objects) == 3
    assert done.said.count("said") == 3
    assert done.said.count("the command of --exec exited with 3") == 3


@pytest.mark.parametrize("runs", [True, False])
def test_a_command_that_runs_at_the_timeout_finishes(
    shell: Shell, world: World, tmp_path: Path, *, runs: bool
) -> None:
    ids = [world.add_ended_batch(5), *([world.add_in_progress_batch(5)] if runs else [])]
    noted = shlex.quote(str(tmp_path / "noted"))
    done = shell.call("watch", "--timeout", "0.3", "--exec", f"sleep 1; echo x > {noted}", *ids)
    assert (tmp_path / "noted").read_text() == "x\n"
    assert done.code == (12 if runs else 0)
    assert done.said == ("still in progress after 0.3 s\n" if runs else "")


def test_a_batch_that_was_deleted_is_not_waited_for(shell: Shell, world: World) -> None:
    batch_id = world.add_ended_batch(5)
    for command_line in (["watch"], ["download"], ["delete", "--yes"]):
        assert shell.call(*command_line, batch_id).code == 0
    done = shell.call("watch", batch_id)
    assert done.code == 3
    assert done.said.startswith("404 not_found_error")


def test_a_home_that_cannot_be_written_does_not_matter(
    shell: Shell, world: World, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    shell.set("TRIO_BATCHES_HOME", str(tmp_path / "file" / "home"))
    done = shell.call("watch", world.add_ended_batch(5))
    assert done.code == 0
    assert "watching without the ledger" in done.said


def test_a_terminal_shows_a_table_with_what_earlier_batches_took(
    shell: Shell, world: World
) -> None:
    for _ in range(3):
        shell.call("watch", world.add_ended_batch(40, age=3600, duration=600))
    batch_id, ended = world.add_in_progress_batch(40), world.add_ended_batch(40)
    shell.call("label", batch_id, "nightly")
    hook = "echo the table stays; exit 3"
    line = shlex.join(command("watch", "--timeout", "2", "--exec", hook, batch_id, ended))
    done = subprocess.run(
        ["/usr/bin/script", "-qec", line, "/dev/null"], capture_output=True, check=False, timeout=60
    )
    drawn = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", done.stdout.decode())
    assert done.returncode == 12, drawn
    assert re.search(r"id +label +status +requests +for +usually +expires in", drawn)
    assert re.search(rf"{batch_id} +nightly +in_progress +40 +6\d s +10 min +23 h", drawn)
    assert re.search(rf"{ended} +40 succeeded +40 +5 min +10 min", drawn)
    assert done.stdout.count(b"\x07") == 1
    assert f"the table stays\r\n{ended}: the command of --exec exited with 3\r\n" in drawn


def test_text_from_outside_steers_no_terminal(world: World) -> None:
    batch_id = world.add_ended_batch(5)
    simulated = world.shelf.find(batch_id)
    assert simulated is not None
    view = simulated.write(world.clock.now(), "http://x")
    batch = msgspec.structs.replace(
        msgspec.json.decode(view, type=MessageBatch), processing_status="\x1b[2J"
    )
    table = WatchTable({batch.id: Label(label="\x1b[31m")}, [])
    table.note(batch)
    console = Console(width=200, file=sys.stderr)
    with console.capture() as captured:
        console.print(table.drawn(datetime.now(UTC)))
    assert "\x1b[2J" not in captured.get()
    assert "\x1b[31m" not in captured.get()
