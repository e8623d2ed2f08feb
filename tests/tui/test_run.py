"""One side fails: both end, and the user is told."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trio
from textual import on
from typing_extensions import override

import tui.app as app_module
from tests.trio_batches.cli.waiting import wait_until
from tests.tui.service import client_of
from trio_batches import StorageError
from trio_batches.simulator import World
from tui.app import BatchesApp, Options, Told
from tui.run import run, run_app

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tui.bridge import Bridge
    from tui.engine.engine import Engine
    from tui.events import Event


class Headless(BatchesApp):
    """An app without a terminal."""

    CSS_PATH = str(Path(app_module.__file__).with_name("app.tcss"))

    @override
    async def run_async(self, **_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        await super().run_async(headless=True)


class FailsToShow(Headless):
    """An app with a bug in a handler."""

    @on(Told)
    def fail(self) -> None:
        raise ZeroDivisionError("a bug of a screen")


class FailsUnderTrio(Headless):
    """An app with a bug in its engine."""

    @override
    async def make_engine(self, publish: Callable[[Event], None]) -> Engine:
        engine = await super().make_engine(publish)

        async def fail() -> None:
            await trio.lowlevel.checkpoint()
            raise ZeroDivisionError("a bug of the engine")

        engine.run = fail  # type: ignore[method-assign]
        return engine


class FailsWhileBusy(FailsUnderTrio):
    """The same, with a call in a thread that ends when the app has been told to."""

    told_in_time: bool | None = None

    @override
    def connect(self, bridge: Bridge, engine: Engine) -> None:
        super().connect(bridge, engine)
        self.told = threading.Event()
        self.busy = asyncio.create_task(bridge.call(self.hold))

    async def hold(self) -> None:
        self.told_in_time = await trio.to_thread.run_sync(self.told.wait, 20)

    @override
    def exit(self, *arguments: Any, **named: Any) -> None:
        super().exit(*arguments, **named)
        self.told.set()


def options(home: Path) -> Options:
    return Options(home=home, open_client=client_of(World(1)))


async def test_a_bug_of_a_screen_ends_trio_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failure = await run_app(FailsToShow(options(tmp_path)))

    assert failure is None  # Textual has told it
    assert "a bug of a screen" in capsys.readouterr().err
    assert "trio_batches" not in {thread.name for thread in threading.enumerate()}


async def test_a_bug_of_the_engine_ends_the_screen_too(tmp_path: Path) -> None:
    app = FailsUnderTrio(options(tmp_path))

    failure = await run_app(app)

    assert isinstance(failure, ZeroDivisionError)
    assert app.return_code == 1


async def test_a_failure_ends_the_screen_whatever_else_is_still_at_work(tmp_path: Path) -> None:
    app = FailsWhileBusy(options(tmp_path))

    failure = await run_app(app)

    assert isinstance(failure, ZeroDivisionError)
    assert app.told_in_time


def test_a_home_that_is_none_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIO_BATCHES_HOME", "~nobody-here/batches")
    monkeypatch.setattr("tui.run.BatchesApp", Headless)

    code = run(replace(options(tmp_path), home=None))
    gc.unfreeze()

    assert code == 2
    said = capsys.readouterr().err
    assert said.startswith("TRIO_BATCHES_HOME is ~nobody-here/batches: ")
    assert said.count("\n") == 1


class Hangs(Headless):
    """An app that is left while its engine is in a thread that nothing ends."""

    @override
    async def make_engine(self, publish: Callable[[Event], None]) -> Engine:
        engine = await super().make_engine(publish)

        def hang() -> None:
            self.call_from_thread(self.exit)
            threading.Event().wait()

        async def run() -> None:
            await trio.to_thread.run_sync(hang)

        engine.run = run  # type: ignore[method-assign]
        return engine


def test_a_signal_after_the_screen_has_gone_ends_the_process(tmp_path: Path) -> None:
    script = (
        "import asyncio, pathlib, sys\n"
        "from tests.tui.test_run import Hangs, options, run_app\n"
        "asyncio.run(run_app(Hangs(options(pathlib.Path(sys.argv[1])))))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    try:
        wait_until(lambda: bool(catches(process.pid, signal.SIGTERM)))

        def ended() -> bool:
            process.send_signal(signal.SIGTERM)
            return process.poll() is not None

        wait_until(ended)
    finally:
        process.kill()

    assert process.wait() == 7


def catches(pid: int, number: int) -> int:
    """Tell whether a process has a handler for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    (mask,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return int(mask, 16) & 1 << number - 1


class LosesItsLedger(Headless):
    """An app whose disk fails while it runs."""

    @override
    async def make_engine(self, publish: Callable[[Event], None]) -> Engine:
        engine = await super().make_engine(publish)

        async def fail() -> None:
            await trio.lowlevel.checkpoint()
            raise StorageError("ledger.sqlite3", "disk I/O error")

        engine.jobs.run = fail  # type: ignore[method-assign]
        return engine


async def test_what_the_disk_says_while_the_app_runs_arrives_bare(tmp_path: Path) -> None:
    failure = await run_app(LosesItsLedger(options(tmp_path)))

    assert isinstance(failure, StorageError)
