"""Keys that come together do what they do one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from tests.tui.using import using, world_of
from tests.tui.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("end", ["enter", "down"])
async def test_a_filter_holds_for_the_keys_that_come_with_it(tmp_path: Path, end: str) -> None:
    world = world_of(3, running=2)
    async with using(world, tmp_path) as session:
        only = next(row.id for row in session.app.batches.known if not row.ended)
        session.burst("slash", *only, end, "ctrl+a", "w")
        await wait_until(lambda: "the terminal rings when one has ended" in session.said())

        assert session.said().startswith("watching 1 batch;")
        assert set(session.list.table.marks) == {only}
        assert session.list.filter_bar.text == only
        assert session.list.table.has_focus


async def test_a_filter_that_is_given_up_at_once_filters_nothing(tmp_path: Path) -> None:
    async with using(world_of(3), tmp_path) as session:
        session.burst("slash", *"nothing", "escape", "ctrl+a")
        await wait_until(lambda: session.list.table.marks)

        assert len(session.list.table.marks) == 3
        await session.pilot.pause()
        assert session.list.filter_bar.text == ""
        assert not session.list.filter_bar.display


async def test_a_filter_that_is_pasted_holds_for_the_keys_that_come_with_it(
    tmp_path: Path,
) -> None:
    world = world_of(3)
    async with using(world, tmp_path) as session:
        only = world.batch_ids[1]
        session.burst("slash")
        session.app.post_message(events.Paste(only))
        session.burst("enter", "ctrl+a")
        await wait_until(lambda: session.list.table.marks)

        assert set(session.list.table.marks) == {only}
