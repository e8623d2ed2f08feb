"""The app against a simulated service: what is seen and what keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.tui.service import app_of
from tests.tui.showing import shown
from tests.tui.using import using, world_of
from tests.tui.waiting import wait_until
from trio_batches.simulator import Answer, Fault, Scenario, World
from tui.screens.batch import BatchScreen
from tui.screens.copying import CopyScreen
from tui.screens.exporting import ExportScreen
from tui.screens.palette import PaletteScreen
from tui.widgets.banner import Banner
from tui.widgets.filter_bar import FilterBar
from tui.widgets.status_line import StatusLine
from tui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from pathlib import Path


SIZES = [(120, 36), (80, 24), (60, 15), (20, 5), (3, 2), (1, 1)]


@pytest.fixture
def world() -> World:
    world = World(1)
    world.populate(25)
    return world


def text_of(widget: TopLine | StatusLine | Banner) -> str:
    return widget.said.plain


async def test_the_list_shows_what_the_service_has(world: World, tmp_path: Path) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, _):
        await wait_until(lambda: screen.table.cursor_key is not None)

        assert screen.table.cursor_key == world.batch_ids[0]
        assert "updated" in text_of(screen.query_one(TopLine))
        assert text_of(screen.query_one(StatusLine)) == "25"


@pytest.mark.parametrize("size", SIZES)
async def test_it_lives_at_any_size(world: World, tmp_path: Path, size: tuple[int, int]) -> None:
    async with shown(app_of(world, tmp_path), size) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("down", "space", "enter")
        await wait_until(lambda: isinstance(pilot.app.screen, BatchScreen))
        await pilot.press("escape")
        await wait_until(lambda: pilot.app.screen is screen)

        assert len(screen.table.marks) == 1


async def test_a_filter_is_typed_shown_and_cleared(world: World, tmp_path: Path) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("space", "slash", *"status:canceling")
        await wait_until(lambda: len(screen.table.rows) < 25)
        status = screen.query_one(StatusLine)

        assert "of 25" in text_of(status)
        assert "1 of them hidden" in text_of(status)
        await pilot.press("escape")
        await wait_until(lambda: len(screen.table.rows) == 25)
        assert not screen.query_one(FilterBar).display
        assert screen.table.has_focus


async def test_a_filter_that_is_nonsense_says_so_and_hides_nothing(
    world: World, tmp_path: Path
) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("slash")
        screen.filter_bar.query_one(Input).value = "sttus:x"
        await wait_until(lambda: "there is no sttus" in screen.filter_bar.fault)

        assert len(screen.table.rows) == 25


async def test_the_cursor_stays_on_its_batch_when_others_come(world: World, tmp_path: Path) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("down", "down", "space", "up")
        key, marks = screen.table.cursor_key, set(screen.table.marks)

        newer = world.add_in_progress_batch(7, age=0.0)
        await pilot.press("r")
        await wait_until(lambda: screen.table.rows.knows(newer))

        assert screen.table.cursor_key == key
        assert set(screen.table.marks) == marks


async def test_a_service_that_goes_away_leaves_what_is_shown(tmp_path: Path) -> None:
    fault = Fault(operation="list", nth=2, times=None, answer=Answer(status=500))
    world = World(1, scenario=Scenario(faults=(fault,)))
    world.populate(5)
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 5)
        await pilot.press("r")
        await wait_until(lambda: screen.query_one(Banner).display)

        assert "trying again" in text_of(screen.query_one(Banner))
        assert len(screen.table.rows) == 5


async def test_a_batch_is_shown_whole_and_the_next_one_from_there(
    world: World, tmp_path: Path
) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("enter")
        await wait_until(lambda: isinstance(pilot.app.screen, BatchScreen))
        batch = pilot.app.screen
        assert isinstance(batch, BatchScreen)
        await wait_until(lambda: world.batch_ids[0] in str(batch.body.render()))
        await pilot.press("n")
        await wait_until(lambda: world.batch_ids[1] in str(batch.body.render()))

        assert "Timeline" in str(batch.body.render())


@pytest.mark.parametrize("key", ["enter", "o", "y", "x", "comma", "at", "exclamation_mark"])
async def test_a_key_that_is_typed_twice_opens_one_screen(tmp_path: Path, key: str) -> None:
    async with using(world_of(ended=2), tmp_path) as session:
        app = session.app
        below = len(app.screen_stack)
        for _ in range(4):
            app.simulate_key(key)
        await wait_until(lambda: len(app.screen_stack) > below)
        await session.pilot.pause()  # the other keys are done, too
        await wait_until(lambda: not any(worker.is_running for worker in app.workers))

        assert len(app.screen_stack) == below + 1


async def test_what_comes_late_leaves_the_dialog_on_top(tmp_path: Path) -> None:
    world = World(3, scenario=Scenario(faults=(Fault(operation="results", delay=0.2),)))
    world.add_ended_batch(10)
    async with using(world, tmp_path) as session:
        app = session.app
        app.simulate_key("o")
        app.simulate_key("slash")
        app.simulate_key("escape")
        app.simulate_key("colon")
        await wait_until(lambda: isinstance(session.screen, PaletteScreen))
        await wait_until(lambda: not any(worker.name == "open_results" for worker in app.workers))

        assert isinstance(session.screen, PaletteScreen)


async def test_sorting_goes_by_the_column_that_is_clicked(world: World, tmp_path: Path) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("s")
        first = screen.table.rows.key(0)
        await pilot.press("S")

        assert screen.table.rows.key(0) != first
        assert screen.table.sorted_by is not None


async def test_what_is_marked_can_be_copied(world: World, tmp_path: Path) -> None:
    async with shown(app_of(world, tmp_path)) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press("space", "space", "y")
        await wait_until(lambda: isinstance(pilot.app.screen, CopyScreen))
        await pilot.press("enter")
        await wait_until(lambda: pilot.app.clipboard)

        assert pilot.app.clipboard == "\n".join(world.batch_ids[:2])


@pytest.mark.parametrize(("keys", "count"), [(["space", "space"], 2), ([], 25)])
async def test_batches_are_exported(
    world: World, tmp_path: Path, keys: list[str], count: int
) -> None:
    target = tmp_path / "batches.csv"
    async with shown(app_of(world, tmp_path / "home")) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == 25)
        await pilot.press(*keys, "x")
        await wait_until(lambda: isinstance(pilot.app.screen, ExportScreen))
        pilot.app.screen.query_one(Input).value = str(target)
        await pilot.press("enter")
        await wait_until(target.exists)

    rows = target.read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["id", *world.batch_ids[:count]]
