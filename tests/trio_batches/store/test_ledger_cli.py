"""`label`, `ledger rebuild`, and labels in `list` and `show`."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import trio
from click.testing import CliRunner

from tests.trio_batches.store.ledger_samples import ask, change
from trio_batches.cli.main import main
from trio_batches.simulator import World, open_simulator
from trio_batches.store import Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=2)
    for _ in range(5):
        world.add_ended_batch(4)
    return world


@pytest.fixture(scope="module")
def base_url(world: World) -> Iterator[str]:
    """Serve the world in a thread with a Trio of its own."""
    started = threading.Event()
    found: list[str] = []
    stop: list[tuple[trio.lowlevel.TrioToken, trio.CancelScope]] = []

    async def serve() -> None:
        with trio.CancelScope() as scope:
            async with open_simulator(world) as simulator:
                found.append(simulator.base_url)
                stop.append((trio.lowlevel.current_trio_token(), scope))
                started.set()
                await trio.sleep_forever()

    thread = threading.Thread(target=trio.run, args=(serve,))
    thread.start()
    assert started.wait(10)
    yield found[0]
    token, scope = stop[0]
    trio.from_thread.run_sync(scope.cancel, trio_token=token)
    thread.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    monkeypatch.setenv("TRIO_BATCHES_HOME", str(home.path))
    return home


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", base_url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "simulated-key")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refused(code: int, *arguments: str) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr


def rows(text: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def objects(text: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in text.splitlines()]


def test_labels_need_no_key(home: Home) -> None:
    assert done("label", "msgbatch_1", "nightly", "--note", "look") == ""
    assert ask(home, "SELECT id, label, note FROM batch") == [("msgbatch_1", "nightly", "look")]
    done("label", "msgbatch_1", "--note", "")
    assert ask(home, "SELECT label, note FROM batch") == [("nightly", None)]
    done("label", "msgbatch_1", "--remove")
    assert ask(home, "SELECT label, note FROM batch") == [(None, None)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["msgbatch_1"], "say which LABEL"),
        (["msgbatch_1", "a", "--remove"], "contradict"),
        (["msgbatch_1", "  "], "empty label"),
        (["a/b", "c"], "not an id"),
        (["msgbatch_1", os.fsdecode(b"\xff")], "UTF-8"),
        (["msgbatch_1", "--note", os.fsdecode(b"\xff")], "UTF-8"),
    ],
)
def test_labels_that_are_none_are_refused(home: Home, arguments: list[str], reason: str) -> None:
    assert reason in refused(2, "label", *arguments)
    assert not home.path.exists()


@pytest.mark.usefixtures("online")
def test_lists_show_labels_and_are_narrowed_by_them(home: Home, world: World) -> None:
    assert [row["label"] for row in rows(done("list"))] == [""] * 5
    assert not home.path.exists()
    second, third = world.batch_ids[1:3]
    done("label", second, "nightly")
    done("label", third, "näxt \x1b[31m", "--note", "look")
    labels = {row["id"]: row["label"] for row in rows(done("list"))}
    assert labels[second] == "nightly"
    assert labels[third] == "näxt \\x1b[31m"
    assert [row["id"] for row in rows(done("list", "--label", "nightly"))] == [second]
    assert rows(done("list", "--label", "none")) == []
    found = {item["id"]: item.get("label") for item in objects(done("list", "--json"))}
    assert found == {**dict.fromkeys(world.batch_ids), second: "nightly", third: "näxt \x1b[31m"}


@pytest.mark.usefixtures("online")
def test_a_narrowed_list_ends_when_all_are_found(home: Home, world: World) -> None:
    newest = rows(done("list", "--limit", "1"))[0]["id"]
    done("label", newest, "mine")
    before = len(world.requests)
    assert [row["id"] for row in rows(done("list", "--all", "--label", "mine"))] == [newest]
    assert len(world.requests) == before + 1
    assert home.path.exists()


@pytest.mark.usefixtures("online")
def test_show_has_the_label_and_the_note(home: Home, world: World) -> None:
    batch_id = world.batch_ids[0]
    plain = objects(done("show", batch_id, "--json"))
    done("label", batch_id, "mine", "--note", "look")
    assert home.path.exists()
    shown = {row["field"]: row["value"] for row in rows(done("show", batch_id))}
    assert (shown["label"], shown["note"]) == ("mine", "look")
    labelled = {**plain[0], "label": "mine", "note": "look"}
    assert objects(done("show", batch_id, "--json")) == [labelled]


@pytest.mark.usefixtures("online")
def test_a_list_goes_on_without_a_ledger_that_cannot_be_opened(home: Home) -> None:
    done("label", "msgbatch_1", "mine")
    change(home, "PRAGMA user_version = 9")
    result = run("list")
    assert result.exit_code == 0
    assert len(rows(result.stdout)) == 5
    assert "without labels" in result.stderr
    assert "version 9" in result.stderr
    assert "version 9" in refused(8, "list", "--label", "mine")
    assert "version 9" in refused(8, "label", "msgbatch_1", "other")


@pytest.mark.usefixtures("online")
def test_a_rebuild_reads_what_the_service_lists(home: Home) -> None:
    assert "5 listed" in done("ledger", "rebuild")
    assert objects(done("ledger", "rebuild", "--json")) == [
        {"downloads": 0, "lost": 0, "listed": 5}
    ]
    assert ask(home, "SELECT count(*) FROM batches") == [(5,)]
    assert objects(done("ledger", "rebuild", "--json", "--offline"))[0]["listed"] == 0


def test_a_rebuild_without_a_key_reads_files(home: Home) -> None:
    result = run("ledger", "rebuild", "--json")
    assert result.exit_code == 0
    assert "only files are read: no API key" in result.stderr
    assert objects(result.stdout) == [{"downloads": 0, "lost": 0, "listed": 0}]
    assert ask(home, "SELECT count(*) FROM batches") == [(0,)]


def test_a_rebuild_sets_a_damaged_ledger_aside(home: Home) -> None:
    home.path.mkdir()
    (home.path / "ledger.db").write_bytes(b"noise")
    result = run("ledger", "rebuild", "--offline")
    assert result.exit_code == 0
    assert "renamed to ledger.db.unreadable-" in result.stderr
    (aside,) = home.path.glob("ledger.db.unreadable-*")
    assert aside.read_bytes() == b"noise"
