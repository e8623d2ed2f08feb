"""Giving up what a submission left open, as a user meets it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio
from msgspec.structs import replace

from tests.trio_batches.jobs.submissions import creates, lines, requests
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store import Home, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.trio_batches.cli.shell import Shell

    Serve = Callable[[World], str]


@pytest.fixture
def world(service: Serve) -> World:
    """Refuse the first create, so that its requests stay planned."""
    world = World(scenario=Scenario(faults=(Fault(operation="create", answer=Answer(status=403)),)))
    service(world)
    return world


@pytest.fixture
def file(shell: Shell, world: World, tmp_path: Path) -> str:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(requests(3)))
    assert shell.call("submit", str(path), "--label", "night").code == 4
    assert creates(world) == 1
    return str(path)


def make_unclear(shell: Shell) -> None:
    """Let the create look as if it had been sent and no answer had come."""

    async def mark() -> None:
        async with open_ledger(Home(shell.folder / "home")) as ledger:
            (intent,) = await ledger.open_intents()
            await ledger.mark_sent(intent.id)
            await ledger.mark_ambiguous(intent.id, "the connection broke")

    trio.run(mark)


@pytest.mark.usefixtures("file")
def test_what_is_open_is_listed(shell: Shell) -> None:
    (row,) = shell.call("ledger", "open").table[1:]
    assert row[1:] == ["night", "3", "planned", "", ""]
    make_unclear(shell)
    (row,) = shell.call("ledger", "open").table[1:]
    assert (row[3], row[5]) == ("ambiguous", "the connection broke")
    (shown,) = shell.call("ledger", "open", "--json").objects
    assert (shown["requests"], shown["state"]) == (3, "ambiguous")
    assert str(shown["submission"]).startswith(row[0])


def test_giving_up_says_what_it_means_and_how_to_go_on(shell: Shell, file: str) -> None:
    make_unclear(shell)
    ((submission, *_),) = shell.call("ledger", "open").table[1:]
    done = shell.call("ledger", "abandon", submission, "--yes")
    assert done.code == 0
    assert "`trio-batches list` shows whether there is a batch of so many from then" in done.said
    (kept,) = done.lines
    assert Path(kept).read_bytes() == Path(file).read_bytes()
    assert shell.call("ledger", "open").table[1:] == []
    refused = shell.call("submit", file)
    assert refused.code == 2
    assert "whose batches may exist" in refused.said
    assert f"trio-batches submit --again {kept}" in done.said
    assert shell.call("submit", "--again", kept).code == 0


@pytest.mark.usefixtures("file")
def test_giving_up_what_was_never_sent_says_so(shell: Shell) -> None:
    ((submission, *_),) = shell.call("ledger", "open").table[1:]
    done = shell.call("ledger", "abandon", submission, "--yes", "--json")
    assert [(one["chunk"], one["sent_at"]) for one in done.objects] == [(0, None)]


@pytest.mark.usefixtures("file")
def test_giving_up_asks_first(shell: Shell) -> None:
    ((submission, *_),) = shell.call("ledger", "open").table[1:]
    done = shell.call("ledger", "abandon", submission)
    assert done.code == 2
    assert "say --yes" in done.said
    assert len(shell.call("ledger", "open").table) == 2


@pytest.mark.usefixtures("file")
def test_an_unknown_or_unclear_id_gives_nothing_up(shell: Shell) -> None:
    empty = shell.call("ledger", "abandon", "", "--yes")
    assert (empty.code, len(shell.call("ledger", "open").table)) == (2, 2)
    assert "say which submission" in empty.said
    unknown = shell.call("ledger", "abandon", "nobody", "--yes")
    assert unknown.code == 2
    assert "`trio-batches ledger open` lists them" in unknown.said

    async def plan_another() -> None:
        async with open_ledger(Home(shell.folder / "home")) as ledger:
            (intent,) = await ledger.open_intents()
            await ledger.plan([replace(intent, id="other", submission=f"{intent.submission}x")])

    trio.run(plan_another)
    ((submission, *_), _) = shell.call("ledger", "open").table[1:]
    unclear = shell.call("ledger", "abandon", submission[:4], "--yes")
    assert unclear.code == 2
    assert f"2 open submissions begin with '{submission[:4]}'" in unclear.said
    assert len(shell.call("ledger", "open").table) == 3


def test_an_unsettled_submission_names_the_command_that_gives_it_up(
    shell: Shell, world: World, file: str
) -> None:
    make_unclear(shell)
    world.add_in_progress_batch(3)
    world.add_in_progress_batch(3)
    ((submission, *_),) = shell.call("ledger", "open").table[1:]
    done = shell.call("submit", file)
    assert done.code == 5
    assert f"`trio-batches ledger abandon {submission}`" in done.said
