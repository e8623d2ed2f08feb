"""Every screen, in terminals that are too small for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.service import app_of
from tests.tui.showing import shown
from tests.tui.waiting import wait_until
from trio_batches.simulator import World

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [(60, 15), (20, 6), (1, 1)]
OPENS = {
    "batch": "enter",
    "results": "o",
    "jobs": "exclamation_mark",
    "help": "question_mark",
    "palette": "colon",
    "settings": "comma",
    "activity": "at",
    "submit": "n",
    "label": "l",
    "delete": "ctrl+d",
    "copy": "y",
}


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_opens_takes_keys_and_closes(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    world = World(1)
    world.add_ended_batch(20, errored=3)
    async with shown(app_of(world, tmp_path), size) as (first, pilot):
        await wait_until(lambda: first.table.cursor_key is not None)
        for key in OPENS.values():
            await pilot.press(key)
            await wait_until(lambda: pilot.app.screen is not first)
            await pilot.press("pagedown", "escape")
            await wait_until(lambda: pilot.app.screen is first)
