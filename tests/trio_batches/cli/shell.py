"""The command line as a user meets it: commands, what they say, and a service to talk to."""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec
import trio

from trio_batches.cli.main import main
from trio_batches.simulator import open_simulator

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    import pytest

    from trio_batches.simulator import World

KEY = "sk-fake-key-for-tests"
NOBODY = "http://127.0.0.1:9"
"""Where nothing listens: a test that forgets its service must not ask the real one."""

PROGRAM = Path(sys.executable).with_name("trio-batches")


@dataclass
class Done:
    """A command that has ended."""

    code: int
    out: bytes
    said: str
    """What it wrote to stderr."""

    @property
    def lines(self) -> list[str]:
        return self.out.decode().split("\n")[:-1]

    @property
    def objects(self) -> list[dict[str, object]]:
        return [msgspec.json.decode(line, type=dict[str, object]) for line in self.lines]

    @property
    def table(self) -> list[list[str]]:
        return [line.split("\t") for line in self.lines]


@contextlib.contextmanager
def serve(world: World) -> Generator[str]:
    """Serve a world on a socket, in a thread of its own; yield the base URL."""
    started: queue.Queue[tuple[str, trio.lowlevel.TrioToken, trio.Event]] = queue.Queue()

    async def run() -> None:
        stop = trio.Event()
        async with open_simulator(world) as simulator:
            started.put((simulator.base_url, trio.lowlevel.current_trio_token(), stop))
            await stop.wait()

    thread = threading.Thread(target=trio.run, args=(run,))
    thread.start()
    base_url, token, stop = started.get(timeout=10)
    try:
        yield base_url
    finally:
        token.run_sync_soon(stop.set)
        thread.join()


class Shell:
    """Runs commands with an environment of their own.

    Attributes:
        environment: Beside what every process needs.
    """

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capture: pytest.CaptureFixture[bytes],
    ) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capture = capture
        self.set("ANTHROPIC_API_KEY", KEY)
        self.set("ANTHROPIC_BASE_URL", NOBODY)
        self.set("TRIO_BATCHES_HOME", str(folder / "home"))
        self.set("COLUMNS", "200")

    def set(self, name: str, value: str | None) -> None:
        """Set or remove a variable of the environment."""
        if value is None:
            self._monkeypatch.delenv(name, raising=False)
        else:
            self._monkeypatch.setenv(name, value)

    @property
    def results(self) -> Path:
        """Where downloads go that name no folder."""
        return self.folder / "home" / "results"

    def call(self, *arguments: str) -> Done:
        """Run a command in this process."""
        self._capture.readouterr()
        code: object = 0
        try:
            main(list(arguments), prog_name="trio-batches")
        except SystemExit as exit_:
            code = exit_.code
        finally:
            gc.unfreeze()  # what the command leaves behind is looked at like everything else
        out, said = self._capture.readouterr()
        assert isinstance(code, int)
        return _checked(Done(int(code), out, said.decode()))

    def run(self, *arguments: str) -> Done:
        """Run a command in a process of its own."""
        return finish(start(command(*arguments)))


def command(*arguments: str) -> list[str]:
    """Return the command line of a process of its own."""
    return [str(PROGRAM), *arguments]


def start(
    command_line: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    stdin: IO[bytes] | int | None = None,
    stdout: IO[bytes] | int = subprocess.PIPE,
    stderr: IO[bytes] | int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start a process whose warnings would be seen as tracebacks."""
    everything = {**os.environ, "PYTHONWARNINGS": "error", **(environment or {})}
    return subprocess.Popen(command_line, env=everything, stdin=stdin, stdout=stdout, stderr=stderr)


def finish(process: subprocess.Popen[bytes]) -> Done:
    """Wait for a process."""
    out, said = process.communicate(timeout=60)
    return _checked(Done(process.returncode, out or b"", (said or b"").decode()))


def _checked(done: Done) -> Done:
    assert "Traceback" not in done.said, done.said
    assert KEY.encode() not in done.out
    assert KEY not in done.said
    return done
