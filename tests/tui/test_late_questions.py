"""Keys that were meant for something else are no answers to a question that comes late."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual import events

from tests.tui.using import deletes, using, world_of
from tests.tui.waiting import wait_until
from trio_batches import Resubmission
from tui.screens.confirm import ConfirmScreen
from tui.screens.dialog import Dialog
from tui.screens.jobs import JobsScreen
from tui.screens.settings import SettingsScreen
from tui.verbs import VERBS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.using import Session


@pytest.mark.parametrize("key", ["slash", "colon", "y"])
async def test_a_question_that_comes_late_takes_no_letters_from_elsewhere(
    tmp_path: Path, key: str
) -> None:
    world = world_of(1)
    async with using(world, tmp_path, seconds=0) as session:
        targets = session.list.targets()
        await session.press(key)
        await wait_until(lambda: key == "slash" or session.screen is not session.list)
        before = session.screen
        await VERBS["delete"](session.app, targets, 0)

        await wait_until(lambda: "not asked" in session.said())
        assert session.screen is before
    assert deletes(world) == 0


def hold(session: Session, monkeypatch: pytest.MonkeyPatch, answer: object) -> asyncio.Event:
    """Let the engine's answer be a certain one, and come when an event is set."""
    released = asyncio.Event()

    async def wait(*_: object) -> object:
        await released.wait()
        return answer

    monkeypatch.setattr(session.app, "ask", wait)
    return released


FAILED = Resubmission((), {"expired": 5})


async def come_late(session: Session, released: asyncio.Event) -> None:
    """Let a question come when the settings are shown, and see that it is not asked there."""
    await wait_until(lambda: isinstance(session.screen, SettingsScreen))
    released.set()

    await wait_until(lambda: "not asked, and nothing done" in session.said())
    assert isinstance(session.screen, SettingsScreen)


@pytest.mark.parametrize(("key", "answer"), [("ctrl+d", {}), ("R", FAILED)])
async def test_a_question_that_comes_late_does_not_come_on_another_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, answer: object
) -> None:
    async with using(world_of(1), tmp_path) as session:
        released = hold(session, monkeypatch, answer)
        await session.press(key, "comma")
        await come_late(session, released)


async def test_a_retry_asks_only_where_it_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(2)
    lost = world.batch_ids[1]
    async with using(world, tmp_path, seconds=0) as session:
        batch = world.shelf.find(lost)
        assert batch is not None
        world.shelf.remove(batch)
        await session.press("ctrl+a", "ctrl+d")
        await session.dialog()
        await session.press("y")
        assert (await session.job()).failed == 1
        await session.press("exclamation_mark")
        await wait_until(lambda: isinstance(session.screen, JobsScreen))
        released = hold(session, monkeypatch, (lost,))
        await session.press("r", "comma")
        await come_late(session, released)


async def test_a_dialog_takes_no_answer_as_soon_as_it_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dialog, "QUIET", 3600.0)
    world = world_of(1)
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+d")
        await wait_until(lambda: isinstance(session.screen, ConfirmScreen) and session.focused)
        dialog = session.screen
        await session.press("Y", "y", "down")
        assert session.screen is dialog
        assert session.focused == "refuse"
        await session.press("enter")
        await session.back()
        assert len(session.app.undo.countdowns) == 0
    assert deletes(world) == 0


async def test_a_key_from_before_a_dialog_listened_is_no_answer_to_it(tmp_path: Path) -> None:
    world = world_of(1)
    async with using(world, tmp_path, seconds=0) as session:
        early = events.Key("Y", "Y")
        await session.press("ctrl+d")
        dialog = await session.dialog()
        session.app.post_message(early)
        await session.pilot.pause()
        assert session.app.screen is dialog
        await session.press("Y")
        await session.job()
    assert deletes(world) == 1
