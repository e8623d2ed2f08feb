"""What was confirmed can be taken back wherever the countdown says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.using import deletes, using, world_of
from tests.tui.waiting import wait_until
from tui.app import BatchesApp, Options
from tui.config import Configuration
from tui.screens.jobs import JobsScreen
from tui.state.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.using import Session

HOUR = 3600.0


async def confirm(session: Session) -> None:
    """Let a delete be counted down."""
    await session.press("ctrl+d")
    await session.dialog()
    await session.press("Y")
    await session.back()
    await wait_until(session.countdown)


async def test_what_is_taken_back_sends_no_request(tmp_path: Path) -> None:
    world = world_of(4)
    async with using(world, tmp_path) as session:
        for _ in range(2):
            await session.press("ctrl+d")
            await session.dialog()
            await session.press("Y")
            await session.back()
            await session.press("down")
        assert len(session.app.undo.countdowns) == 2

        await session.press("z", "exclamation_mark")
        await wait_until(lambda: isinstance(session.app.screen, JobsScreen))
        await wait_until(lambda: "Deleting 1 batch in" in session.countdown())
        await session.press("z")
        await wait_until(lambda: not session.countdown())

        assert "taken back, nothing was sent" in session.said()
        assert session.app.jobs.jobs == {}
    assert deletes(world) == 0
    assert {record.method for record in world.requests} == {"GET"}


@pytest.mark.parametrize("key", ["question_mark", "y", "c", "comma", "enter"])
async def test_it_is_taken_back_on_every_screen(tmp_path: Path, key: str) -> None:
    world = world_of(1, running=1)
    async with using(world, tmp_path, seconds=HOUR) as session:
        session.list.table.move_to(world.batch_ids[-1])
        await confirm(session)
        session.list.table.move_to(world.batch_ids[0])
        await session.press(key)
        await wait_until(lambda: session.screen is not session.list)
        await wait_until(lambda: "z takes it back" in session.countdown())
        await session.press("z")
        await wait_until(lambda: not session.countdown())

        assert "taken back, nothing was sent" in session.said()
    assert deletes(world) == 0


@pytest.mark.parametrize("key", ["slash", "colon", "x", "l", "n"])
async def test_it_is_held_while_the_key_would_be_a_letter(tmp_path: Path, key: str) -> None:
    world = world_of(1)
    async with using(world, tmp_path, seconds=HOUR) as session:
        await confirm(session)
        await session.press(key)
        await wait_until(lambda: isinstance(session.app.focused, Input))
        await wait_until(lambda: session.countdown().startswith("Held while you type: "))
        await session.press("z")
        line = session.app.focused
        assert isinstance(line, Input)
        assert "z" in line.value
        assert len(session.app.undo.countdowns) == 1

        await session.press("escape")
        await wait_until(lambda: session.countdown().startswith("Deleting 1 batch in "))
        await session.press("z")
        await wait_until(lambda: not session.countdown())
    assert deletes(world) == 0


async def test_it_is_told_over_the_help_at_any_size(tmp_path: Path) -> None:
    async with using(world_of(1), tmp_path, seconds=HOUR) as session:
        await confirm(session)
        await session.press("question_mark")
        await wait_until(lambda: "z takes it back" in session.countdown())
        await session.pilot.resize_terminal(90, 30)
        await session.pilot.pause()

        assert "z takes it back" in session.countdown()


async def test_it_is_held_while_another_window_has_the_focus_of_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with using(world_of(1), tmp_path, seconds=HOUR) as session:
        await confirm(session)
        await session.press("slash")
        await wait_until(lambda: session.countdown().startswith("Held while you type: "))
        session.app.post_message(events.AppBlur())
        await wait_until(lambda: session.app.focused is None)
        looks: list[str] = []
        sentence = session.app.undo.countdowns.sentence

        def look() -> str:
            looks.append(sentence())
            return looks[-1]

        monkeypatch.setattr(session.app.undo.countdowns, "sentence", look)
        await wait_until(lambda: len(looks) > 1)
        assert session.countdown().startswith("Held while you type: ")


def test_the_countdown_names_the_key_that_the_user_has_chosen() -> None:
    settings = Settings(keys={"app.take_back": "f8,ctrl+u"})
    app = BatchesApp(Options(configuration=Configuration(settings)))
    assert app.undo.countdowns.key == "f8"
