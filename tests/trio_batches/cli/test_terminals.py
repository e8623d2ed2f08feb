"""Commands on a terminal: tables, progress, questions, and text that must not steer it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.cli.shell import KEY, command, start
from tests.trio_batches.cli.waiting import slow_world, wait_until
from tests.trio_batches.jobs.places import asked, assert_whole
from tests.trio_batches.jobs.submissions import lines, requests
from trio_batches.simulator import Answer, Fault, Scenario, World

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Generator

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


class Terminal:
    """A terminal of 40 lines and 120 columns with one command on it."""

    def __init__(self) -> None:
        self.shown = b""
        self._ours, self._theirs = pty.openpty()
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        environment = {"TERM": "xterm-256color", "COLUMNS": "120"}
        end = self._theirs
        process = start(command(*arguments), environment, stdin=end, stdout=end, stderr=end)
        os.close(self._theirs)
        return process

    def run(self, *arguments: str) -> int:
        """Run a command to its end; return its exit code."""
        process = self.start(*arguments)
        self.read_all()
        return process.wait(30)

    def read_until(self, text: bytes) -> None:
        """Read what is shown until a text comes."""
        while text not in self.shown:
            self.shown += self._read()

    def read_all(self) -> None:
        """Read what is shown until the last program leaves the terminal."""
        with contextlib.suppress(OSError):  # that is how its end is told
            while data := self._read():
                self.shown += data
        assert b"Traceback" not in self.shown
        assert KEY.encode() not in self.shown

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._ours], [], [], 30)
        assert ready, f"nothing more is shown after {self.shown!r}"
        return os.read(self._ours, 1 << 16)

    def type(self, text: bytes) -> None:
        """Type something."""
        os.write(self._ours, text)

    def close(self) -> None:
        """Take the terminal away."""
        os.close(self._ours)


@pytest.fixture
def terminal() -> Generator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_tables_are_aligned_on_a_terminal(service: Serve, terminal: Terminal) -> None:
    world = World()
    world.add_ended_batch(10)
    world.add_in_progress_batch(123456)
    service(world)

    assert terminal.run("list") == 0

    head, *rows = (
        terminal.shown.decode().replace("\x1b[1m", "").replace("\x1b[0m", "").split("\r\n")
    )
    assert "\t" not in head
    place = head.index("requests")
    assert [row[place:].split()[0] for row in rows if row] == ["123,456", "10"]
    assert [row.split()[0] for row in rows if row] == world.batch_ids


def test_progress_is_drawn_on_a_terminal_and_cleared_away(
    shell: Shell, service: Serve, terminal: Terminal
) -> None:
    world = slow_world(1000, 10, bandwidth=300_000)
    service(world)
    process = terminal.start("download", "--ended")

    terminal.read_until(b" MB/s")
    terminal.read_all()

    assert process.wait(30) == 0
    assert b" results  " in terminal.shown
    shown = terminal.shown.decode()
    assert shown.rindex("\x1b[?25h") > shown.rindex("MB/s")  # the cursor is back
    assert "2 downloaded; results: " in shown.rpartition("\x1b[2K")[2]
    for batch_id in world.batch_ids:
        assert_whole(shell.results, world, batch_id)


def test_an_interrupted_download_leaves_the_terminal_in_order(
    service: Serve, terminal: Terminal
) -> None:
    service(slow_world(1000, bandwidth=100_000))
    process = terminal.start("download", "--ended")
    terminal.read_until(b" MB/s")

    process.send_signal(signal.SIGINT)
    terminal.read_all()

    assert process.wait(30) == 7
    assert terminal.shown.rindex(b"\x1b[?25h") > terminal.shown.rindex(b"MB/s")
    assert b"interrupted: complete files are in" in terminal.shown


@pytest.mark.parametrize(
    ("typed", "code", "requests"), [(b"y\n", 0, 1), (b"n\n", 7, 0), (b"\n", 7, 0), (b"\x04", 7, 0)]
)
def test_cancel_asks_first(
    service: Serve, terminal: Terminal, typed: bytes, code: int, requests: int
) -> None:
    world = World()
    batch_id = world.add_in_progress_batch(10)
    service(world)
    process = terminal.start("cancel", batch_id)

    terminal.read_until(f"Cancel {batch_id}? [y/N]: ".encode())
    terminal.type(typed)
    terminal.read_all()

    assert process.wait(30) == code
    assert len(asked(world, "cancel")) == requests
    assert (b"nothing was sent" in terminal.shown) == (code == 7)


def test_an_interrupt_answers_no(service: Serve, terminal: Terminal) -> None:
    world = World()
    ids = [world.add_ended_batch(10), world.add_ended_batch(10)]
    service(world)
    process = terminal.start("delete", *ids)

    terminal.read_until(b"Delete 2 batches from the service, for good? [y/N]: ")
    wait_until(lambda: is_waiting(process))  # a signal before that is seen only with a key
    process.send_signal(signal.SIGINT)
    terminal.read_all()

    assert process.wait(30) == 7
    assert world.requests == []


def is_waiting(process: subprocess.Popen[bytes]) -> bool:
    state = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2][0]
    return state == "S"


EVIL = r"\u001b[2J\u001b]0;owned\u0007red\u009b31m\r\u202egnp"


@pytest.fixture
def evil_batch(service: Serve) -> str:
    """A batch with an answer that tries to steer the terminal."""
    message = (
        '{"id":"msg_1","type":"message","role":"assistant","model":"m","content":'
        f'[{{"type":"text","text":"{EVIL}"}}],"stop_reason":"end_turn","stop_sequence":null,'
        '"usage":{"input_tokens":1,"output_tokens":1}}'
    )
    line = f'{{"custom_id":"a","result":{{"type":"succeeded","message":{message}}}}}\n'
    fault = Fault(operation="results", times=None, answer=Answer(status=200, body=line))
    world = World(scenario=Scenario(faults=(fault,)))
    batch_id = world.add_ended_batch(1)
    service(world)
    return batch_id


def test_text_of_a_model_reaches_a_terminal_as_text(terminal: Terminal, evil_batch: str) -> None:
    assert terminal.run("results", evil_batch, "--text") == 0

    assert terminal.shown == rb"\x1b[2J\x1b]0;owned\x07red\x9b31m\r\u202egnp" + b"\r\n"


def test_text_of_a_model_reaches_a_program_as_it_is(shell: Shell, evil_batch: str) -> None:
    done = shell.call("results", evil_batch, "--text")

    assert done.out.decode() == "\x1b[2J\x1b]0;owned\x07red\x9b31m\r\u202egnp\n"


def test_what_the_service_says_reaches_stderr_as_text(shell: Shell, service: Serve) -> None:
    fault = Fault(times=None, answer=Answer(status=400, message="no\x1b[2J\nway"))
    service(World(scenario=Scenario(faults=(fault,))))

    done = shell.call("list")

    assert done.code == 5
    assert done.said.count("\n") == 1
    assert r"no\x1b[2J ⏎ way" in done.said


def test_a_submission_says_what_it_waits_for(
    service: Serve, terminal: Terminal, tmp_path: Path
) -> None:
    world = World(scenario=Scenario(faults=(Fault(operation="create", delay=0.5),)))
    service(world)
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(requests(2)))
    process = terminal.start("submit", str(path))
    terminal.read_until(b"batches: 1 sending")
    terminal.read_all()
    assert process.wait(30) == 0
    assert terminal.shown.endswith(b"1 of 1 batches submitted\r\n")


def test_giving_up_a_submission_is_asked_on_a_terminal(terminal: Terminal) -> None:
    process = terminal.start("ledger", "abandon", "1234")
    terminal.read_until(b"Give it up? [y/N]")
    terminal.type(b"n\n")
    terminal.read_all()
    assert process.wait(30) == 7
    assert terminal.shown.endswith(b"nothing was given up\r\n")
