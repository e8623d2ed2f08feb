"""Calls that are cancelled, and locks that others hold."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import trio
from typing_extensions import override

from tests.trio_batches.store.ledger_samples import ask, intent, seen
from tests.trio_batches.store.ledger_worker import anywhere
from trio_batches.errors import StorageError
from trio_batches.store import Home, ledger_connection, open_ledger
from trio_batches.store.ledger_mount import on_network

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from pathlib import Path

    from trio_batches.store import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


class CancelAt(trio.abc.Instrument):
    """Cancels a scope when its task is about to take a certain step."""

    def __init__(self, step: int) -> None:
        self.left = step
        self.scope = trio.CancelScope()
        self.task = trio.lowlevel.current_task()

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if task is self.task:
            self.left -= 1
            if self.left == 0:
                self.scope.cancel()


WRITES: dict[str, tuple[Callable[[Ledger], Awaitable[object]], str]] = {
    "save": (
        lambda ledger: ledger.save_batches([seen(1), seen(2)]),
        "SELECT count(*) / 2 FROM batches",
    ),
    "label": (
        lambda ledger: ledger.set_label("x", "y"),
        "SELECT count(*) FROM batch WHERE id = 'x'",
    ),
    "plan": (
        lambda ledger: ledger.plan([intent(1), intent(2)]),
        "SELECT count(*) / 2 FROM intent WHERE state = 'planned' AND id != 'intent-0'",
    ),
    "send": (
        lambda ledger: ledger.mark_sent("intent-0"),
        "SELECT count(*) FROM intent WHERE state = 'sent'",
    ),
    "confirm": (
        lambda ledger: ledger.confirm("intent-0", *seen(3)),
        "SELECT count(*) FROM intent JOIN batches ON batches.id = intent.batch",
    ),
}


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_has_happened_if_and_only_if_its_call_returned(home: Home, name: str) -> None:
    work, query = WRITES[name]
    outcomes: list[bool] = []
    for step in range(1, 7):
        path = Home(home.path / str(step))
        async with open_ledger(path) as ledger:
            await ledger.plan([intent(0)])
            instrument = CancelAt(step)
            trio.lowlevel.add_instrument(instrument)
            returned = False
            with instrument.scope:
                await work(ledger)
                returned = True
            trio.lowlevel.remove_instrument(instrument)
            assert ask(path, query) == [(returned,)]
            assert (await ledger.find_intent("intent-0")) is not None
        outcomes.append(returned)
    assert outcomes[-1]
    assert sorted(outcomes) == outcomes


async def test_a_ledger_whose_opening_is_cancelled_is_closed(home: Home) -> None:
    for step in range(1, 8):
        instrument = CancelAt(step)
        trio.lowlevel.add_instrument(instrument)
        with instrument.scope:
            async with open_ledger(home) as ledger:
                await ledger.set_label("a", str(step))
        trio.lowlevel.remove_instrument(instrument)
        assert not (home.path / "ledger.db-wal").exists()
    assert ask(home, "SELECT label FROM batch") == [("7",)]


async def test_a_saving_of_thousands_keeps_whole_pages_when_cancelled(home: Home) -> None:
    async with open_ledger(home) as ledger:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(ledger.save_batches, [seen(number) for number in range(9_000)])
                while not await ledger.batches(limit=1):
                    pass
                scope.cancel()
        count = len(await ledger.batches())
    assert count % 1_000 == 0
    assert 1_000 <= count < 9_000


@contextmanager
def locked(home: Home, how: str = "BEGIN IMMEDIATE") -> Generator[sqlite3.Connection]:
    """Hold the ledger's lock, as another process does that writes."""
    path = home.path / "ledger.db"
    with closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as connection:
        connection.execute(how)
        yield connection


async def test_waiting_for_another_process_can_be_cancelled(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_connection, "BUSY_MS", 20)
    async with open_ledger(home) as ledger:
        with locked(home):
            with trio.move_on_after(1) as scope:
                await ledger.set_label("a", "b")
            assert scope.cancelled_caught
            assert await ledger.batches() == []
        assert await ledger.labels() == {}
        await ledger.set_label("a", "c")
    assert ask(home, "SELECT label FROM batch") == [("c",)]


async def test_waiting_for_a_process_that_opens_the_ledger_can_be_cancelled(home: Home) -> None:
    folder = os.open(home.path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    freed = threading.Timer(30, os.close, [folder])
    freed.start()

    with trio.move_on_after(0.2) as scope:
        async with open_ledger(home):
            pass

    assert scope.cancelled_caught
    assert freed.is_alive()
    freed.cancel()
    os.close(folder)
    async with open_ledger(home):
        pass


@pytest.mark.parametrize("network", [False, True])
async def test_a_lock_is_waited_out_however_often_it_takes(
    home: Home, monkeypatch: pytest.MonkeyPatch, *, network: bool
) -> None:
    monkeypatch.setattr(ledger_connection, "BUSY_MS", 20)
    monkeypatch.setattr(ledger_connection, "on_network", anywhere if network else on_network)
    async with open_ledger(home) as ledger:
        how = "BEGIN EXCLUSIVE" if network else "BEGIN IMMEDIATE"
        with locked(home, how) as connection:
            timer = threading.Timer(0.3, connection.execute, ["COMMIT"])
            timer.start()
            await ledger.set_label("a", "b")
            assert len(await ledger.labels()) == 1
            timer.join()


async def test_a_commit_waits_for_readers_where_there_is_no_log(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_connection, "BUSY_MS", 20)
    monkeypatch.setattr(ledger_connection, "on_network", anywhere)
    async with open_ledger(home) as ledger:
        with locked(home, "BEGIN") as reader:
            assert reader.execute("SELECT count(*) FROM batch").fetchone() == (0,)
            with trio.move_on_after(1) as scope:
                await ledger.set_label("a", "cancelled")
            assert scope.cancelled_caught
            timer = threading.Timer(0.3, reader.execute, ["COMMIT"])
            timer.start()
            await ledger.set_label("b", "waited")
            timer.join()
        assert list(await ledger.labels()) == ["b"]


async def test_a_lock_that_is_never_given_back_is_an_error_in_the_end(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_connection, "BUSY_MS", 20)
    monkeypatch.setattr(ledger_connection, "PATIENCE_SECONDS", 0.1)
    async with open_ledger(home) as ledger:
        with locked(home), pytest.raises(StorageError, match="locked"):
            await ledger.set_label("a", "b")
