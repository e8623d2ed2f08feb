"""The dialog that submits a file: what is typed while the file is checked sends nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Input

from tests.tui.waiting import wait_until
from tui.screens.dialog import Dialog
from tui.screens.submit import Checked, SubmitScreen, Submittable
from tui.state.question import Fact

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest
    from textual.pilot import Pilot

FOUND = Checked((Fact("20 requests"),), Path("requests.jsonl"), 1)
NEVER = 3600.0


class Dialogue:
    """The dialog in use; its check ends when the test says so."""

    def __init__(self, pilot: Pilot[None], screen: SubmitScreen, checked: asyncio.Event) -> None:
        self.press = pilot.press
        self.screen = screen
        self.checked = checked
        self.answers: list[Submittable | None] = []

    @property
    def label(self) -> str:
        return self.screen.query_one("#label", Input).value

    async def check(self) -> None:
        """Let the check end, and wait until what was found is shown."""
        self.checked.set()
        await wait_until(lambda: not any(one.is_running for one in self.screen.workers))

    async def find(self) -> None:
        """Let the check end in something that can be sent."""
        await self.check()
        await wait_until(lambda: not self.screen.send.disabled)

    async def answer(self) -> Submittable | None:
        await wait_until(lambda: self.answers)
        return self.answers[0]


@asynccontextmanager
async def asked() -> AsyncGenerator[Dialogue]:
    """Show the dialog, with the name of a file in it and enter pressed."""
    checked = asyncio.Event()

    async def look(_: str) -> Checked:
        await checked.wait()
        return FOUND

    app = App[None]()
    async with app.run_test() as pilot:
        screen = SubmitScreen(look)
        dialogue = Dialogue(pilot, screen, checked)
        await app.push_screen(screen, dialogue.answers.append)
        await wait_until(lambda: screen.focused is screen.path)
        await pilot.press(*"f.jsonl", "enter")
        await wait_until(lambda: screen.found.children)
        yield dialogue


async def test_a_label_that_is_typed_when_the_check_ends_is_a_label() -> None:
    async with asked() as dialogue:
        await dialogue.press("tab", *"week")
        await dialogue.find()
        await dialogue.press(*"ly nightly")

        assert dialogue.label == "weekly nightly"
        assert dialogue.answers == []
        await dialogue.press("tab", "tab", "y")  # through the facts to the button
        assert await dialogue.answer() == Submittable(FOUND.path, "weekly nightly")


async def test_whoever_comes_back_to_the_name_keeps_the_focus() -> None:
    async with asked() as dialogue:
        await dialogue.press("tab", "shift+tab")
        await dialogue.find()

        assert dialogue.screen.focused is dialogue.screen.path


async def test_a_name_that_is_typed_when_the_check_ends_is_a_name() -> None:
    async with asked() as dialogue:
        await dialogue.press("l", "backspace", "l", "backspace", "home", "y")
        await dialogue.check()
        await dialogue.press(*"yes")

        assert dialogue.screen.path.value == "yyesf.jsonl"
        assert dialogue.screen.send.disabled
        assert dialogue.answers == []


async def test_what_is_typed_on_after_the_focus_has_gone_to_a_button_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Dialog, "QUIET", NEVER)
    async with asked() as dialogue:
        await dialogue.check()
        await wait_until(lambda: dialogue.screen.focused is dialogue.screen.refuse)
        await dialogue.press(*"why", "down", "enter")

        assert dialogue.screen.send.disabled
        assert dialogue.answers == []


async def test_a_label_that_ends_with_enter_can_be_followed_by_consent() -> None:
    async with asked() as dialogue:
        await dialogue.press("tab", *"night", "enter")
        await dialogue.find()
        await wait_until(lambda: dialogue.screen.focused is dialogue.screen.refuse)
        await dialogue.press("y")

        assert await dialogue.answer() == Submittable(FOUND.path, "night")
