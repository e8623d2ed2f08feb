"""Help, palette, settings and activity, over the list of batches."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Input, OptionList, Static

from tests.tui.result_lines import succeeded
from tests.tui.service import app_of
from tests.tui.waiting import wait_until
from trio_batches.simulator import World
from tui.app import BatchesApp, Options
from tui.config import Configuration
from tui.run import serve
from tui.screens.activity import ActivityScreen
from tui.screens.batch import BatchScreen
from tui.screens.batches import BatchesScreen
from tui.screens.help import HelpScreen
from tui.screens.palette import PaletteScreen
from tui.screens.results import ResultsScreen
from tui.screens.settings import SettingsScreen, changed
from tui.state.settings import Settings
from tui.widgets.table import Table
from tui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from textual.pilot import Pilot


@asynccontextmanager
async def showing(
    app: BatchesApp, size: tuple[int, int] = (110, 34)
) -> AsyncGenerator[Pilot[None]]:
    """Run an app without a service."""
    async with app.run_test(size=size) as pilot:
        await wait_until(app.drawn.is_set)
        yield pilot


def app_with(**settings: object) -> BatchesApp:
    return BatchesApp(Options(configuration=Configuration(Settings(**settings))))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def told(app: BatchesApp) -> str:
    """Return what the statics and lists of the screen say."""
    statics = [str(static.content) for static in app.screen.query(Static)]
    lists = [str(option.prompt) for each in app.screen.query(OptionList) for option in each.options]
    return "\n".join((*statics, *lists))


def listed(app: BatchesApp) -> list[str]:
    """Return the first lines of the choices that the palette shows."""
    options = app.screen.query_one(OptionList).options
    return [str(option.prompt).partition("\n")[0].split("  ")[0].strip() for option in options]


def deeds(app: BatchesApp) -> list[str]:
    """Return what the activity has noted so far, a line each."""
    app.activity.look()
    rows = [app.activity.cells(row) for row in range(len(app.activity))]
    return ["  ".join(cell.text for cell in cells) for cells in rows]


async def type_in(pilot: Pilot[None], text: str) -> None:
    line = pilot.app.screen.query_one(Input)
    line.value = text
    await wait_until(lambda: line.value == text)
    await pilot.pause()


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_tells_the_keys_of_pane_screen_and_app(key: str) -> None:
    app = app_with()
    async with showing(app, (110, 100)) as pilot:
        await pilot.press(key)
        await wait_until(lambda: isinstance(app.screen, HelpScreen))
        await wait_until(lambda: "Everywhere" in told(app))
        text = told(app)

        assert text.index("This pane") < text.index("This screen") < text.index("Everywhere")
        assert "Mark the row, or take its mark away, and go down." in text
        assert "$ trio-batches download ID" in text
        assert "^d" in text
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, BatchesScreen))


async def test_help_tells_the_keys_that_the_user_has_chosen() -> None:
    app = app_with(keys={"batch.download": "f7,D"})
    async with showing(app, (110, 100)) as pilot:
        await pilot.press("f1")
        await wait_until(lambda: "Download" in told(app))
        line = next(line for line in told(app).splitlines() if "Download  " in line)

        assert set(line.split()[:2]) == {"f7", "D"}


async def test_help_is_readable_on_a_small_screen_and_scrolls() -> None:
    app = app_with()
    async with showing(app, (60, 15)) as pilot:
        await pilot.press("question_mark")
        await wait_until(lambda: isinstance(app.screen, HelpScreen))
        pane, text = app.screen.query_one(VerticalScroll), app.screen.query_one(Static)
        widest = max(map(len, str(text.content).splitlines()))
        assert widest <= pane.scrollable_content_region.width
        await pilot.press("G")
        await wait_until(lambda: pane.scroll_offset.y == pane.max_scroll_y > 10)
        await pilot.press("g", "j")
        await wait_until(lambda: pane.scroll_offset.y == 1)
        await pilot.resize_terminal(40, 20)
        await wait_until(lambda: max(map(len, str(text.content).splitlines())) < widest)
        await pilot.press("q")
        await wait_until(lambda: isinstance(app.screen, BatchesScreen))


async def test_help_on_a_line_for_typing_tells_its_keys() -> None:
    app = app_with()
    async with showing(app, (110, 100)) as pilot:
        await pilot.press("slash", "f1")
        await wait_until(lambda: isinstance(app.screen, HelpScreen))
        await wait_until(lambda: "Move cursor left" in told(app))


async def test_the_palette_lists_what_is_offered_with_keys_and_commands() -> None:
    app = app_with()
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await wait_until(lambda: "trio-batches download" in told(app))

        assert {"Download", "Mark all", "Help", "Quit", "Theme: light"} <= set(listed(app))
        assert "Scroll Left" not in listed(app)
        await pilot.press("escape")
        await wait_until(lambda: isinstance(app.screen, BatchesScreen))


async def test_the_palette_finds_by_letters_of_a_name_or_words_of_the_sentence() -> None:
    app = app_with()
    async with showing(app) as pilot:
        await pilot.press("ctrl+p")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await type_in(pilot, "dwnl")
        assert listed(app) == ["Download"]
        await type_in(pilot, "verified")
        assert listed(app) == ["Download"]
        await type_in(pilot, "xyzzy")
        assert listed(app) == ["nothing of that name"]
        await pilot.press("enter")
        assert isinstance(app.screen, PaletteScreen)


async def test_what_is_chosen_is_done() -> None:
    app = app_with()
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await type_in(pilot, "activity")
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, ActivityScreen))


async def test_the_cursor_goes_through_the_choices_while_one_types() -> None:
    app = app_with()
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await type_in(pilot, "theme:")
        assert listed(app) == [
            f"Theme: {name}" for name in ("dark", "light", "high-contrast", "ansi")
        ]
        await pilot.press("down", "down", "up", "pagedown", "pageup", "down", "enter")
        await wait_until(lambda: app.theme == "light")


async def test_a_choice_can_be_clicked() -> None:
    app = app_with()
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await type_in(pilot, "theme: ansi")
        await pilot.click(OptionList, offset=(4, 0))
        await wait_until(lambda: app.theme == "ansi")


async def test_a_click_on_a_choice_that_is_listed_no_more_does_nothing() -> None:
    app = app_with()
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        palette, menu = app.screen, app.screen.query_one(OptionList)
        last = menu.option_count - 1
        clicked = OptionList.OptionSelected(menu, menu.get_option_at_index(last), last)
        await type_in(pilot, "theme: ansi")
        menu.post_message(clicked)
        await pilot.pause()

        assert app.screen is palette


@pytest.mark.parametrize(("opens", "does"), [("activity", "copy"), ("jobs", "other_pane")])
async def test_a_key_for_a_screen_that_is_not_filled_yet_does_nothing(
    opens: str, does: str
) -> None:
    app = app_with()
    async with showing(app):
        await app.run_action(opens)
        assert not app.screen.is_mounted
        assert not await app.run_action(does, app.screen)
        await wait_until(lambda: app.screen.is_mounted)


async def test_saved_filters_are_chosen_by_name() -> None:
    app = app_with(filters={"failures": "errored:>0"})
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await type_in(pilot, "failures")
        await pilot.press("enter")
        await wait_until(lambda: app.batches.filter.source == "errored:>0")


async def test_saved_filters_are_not_offered_where_results_are_filtered(tmp_path: Path) -> None:
    app = app_with(filters={"failures": "errored:>0"})
    results = tmp_path / "results.jsonl"
    results.write_bytes(succeeded("a"))
    async with showing(app) as pilot:
        await app.push_screen(ResultsScreen(results))
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        assert "Theme: light" in listed(app)
        assert "Filter: failures" not in listed(app)


async def test_without_writing_nothing_that_writes_is_offered() -> None:
    app = app_with(read_only=True)
    async with showing(app) as pilot:
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))

        assert "Download" in listed(app)
        assert not {"Delete…", "Cancel…", "Resubmit…"} & set(listed(app))


async def test_a_batch_is_opened_by_a_part_of_its_id(tmp_path: Path) -> None:
    world = World(seed=3)
    ids = world.populate(12)
    app = app_of(world, tmp_path)
    async with showing(app) as pilot:
        backend = asyncio.create_task(serve(app))
        await wait_until(lambda: len(app.batches) == 12)
        await pilot.press("colon")
        await wait_until(lambda: isinstance(app.screen, PaletteScreen))
        await type_in(pilot, ids[5][9:20])
        await pilot.press("enter")
        await wait_until(lambda: isinstance(app.screen, BatchScreen))
        await wait_until(lambda: ids[5] in told(app))
        backend.cancel()
        await asyncio.gather(backend, return_exceptions=True)


async def test_the_activity_lists_calls_and_copies_their_commands(tmp_path: Path) -> None:
    world = World(seed=3)
    world.populate(12)
    app = app_of(world, tmp_path)
    async with showing(app) as pilot:
        backend = asyncio.create_task(serve(app))
        await pilot.press("at")
        await wait_until(lambda: isinstance(app.screen, ActivityScreen))
        await wait_until(lambda: app.activity.total == 1)
        assert app.activity.cells(0)[1].text == "GET /v1/messages/batches?limit=1000"
        await pilot.press("y")
        await wait_until(lambda: app.clipboard == "trio-batches list")
        app.activity.add("something that no command does")
        await wait_until(lambda: app.activity.total == 2)
        await pilot.press("g", "y", "q")
        await wait_until(lambda: isinstance(app.screen, BatchesScreen))
        assert app.clipboard == "trio-batches list"
        backend.cancel()
        await asyncio.gather(backend, return_exceptions=True)


async def test_the_activity_lists_jobs_with_their_commands(tmp_path: Path) -> None:
    world = World(seed=3)
    batch_id = world.add_ended_batch(20)
    app = app_of(world, tmp_path)
    async with showing(app) as pilot:
        backend = asyncio.create_task(serve(app))
        await wait_until(lambda: len(app.batches) == 1)
        await pilot.press("d")
        await wait_until(lambda: any("1 done" in told for told in deeds(app)))
        command = f"trio-batches download {batch_id}"
        assert any(command in told for told in deeds(app))
        backend.cancel()
        await asyncio.gather(backend, return_exceptions=True)


async def test_settings_are_shown_with_their_origin_and_changed_for_the_session() -> None:
    app = app_with(poll_interval=17.0)
    async with showing(app) as pilot:
        await pilot.press("comma")
        await wait_until(lambda: isinstance(app.screen, SettingsScreen))
        await wait_until(lambda: "poll_interval" in told(app))
        assert "default" in told(app)

        await pilot.press("enter", "down", "space", "down", "enter", "down", "enter")
        settings = app.options.configuration.settings
        assert (settings.theme, settings.poll_interval) == ("light", 10.0)
        assert (settings.read_only, app.options.read_only) == (True, True)
        assert app.theme == "light"
        await wait_until(lambda: "changed in the app" in told(app))
        await pilot.press("end", "enter", "escape")
        await wait_until(lambda: isinstance(app.screen, BatchesScreen))


async def test_what_was_changed_can_be_written_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    app = BatchesApp(Options(configuration=Configuration(path=path)))
    async with showing(app) as pilot:
        await pilot.press("comma")
        await wait_until(lambda: isinstance(app.screen, SettingsScreen))
        await pilot.press("enter", "w")
        await wait_until(path.exists)
        assert path.read_text() == 'theme = "light"\n'
        await wait_until(lambda: f"{path}, line 1" in told(app))

        path.write_text("theme = ")
        await pilot.press("enter", "w")
        assert path.read_text() == "theme = "
        assert app.options.configuration.origin("theme") == "changed in the app"


async def test_a_key_goes_through_the_themes() -> None:
    app = app_with(theme="high-contrast")
    async with showing(app) as pilot:
        seen = [app.theme]
        for _ in range(4):
            await pilot.press("ctrl+t")
            seen.append(app.theme)

    assert seen == ["high-contrast", "ansi", "dark", "light", "high-contrast"]


@pytest.mark.parametrize("key", ["question_mark", "colon", "comma", "at"])
@pytest.mark.parametrize("size", [(1, 1), (60, 15), (200, 60)])
async def test_every_size_is_survived(key: str, size: tuple[int, int]) -> None:
    app = app_with()
    async with showing(app, size) as pilot:
        await pilot.press(key)
        await wait_until(lambda: not isinstance(app.screen, BatchesScreen))
        await pilot.resize_terminal(30, 8)
        await pilot.press("down", "escape")
        await wait_until(lambda: isinstance(app.screen, BatchesScreen))


async def test_the_settings_screen_names_the_file(tmp_path: Path) -> None:
    configuration = Configuration(Settings(), {}, tmp_path / "[red]config.toml")
    app = BatchesApp(Options(configuration=configuration))
    async with showing(app, (200, 40)) as pilot:
        await pilot.press("comma")
        await wait_until(lambda: isinstance(app.screen, SettingsScreen))

        assert "[red]config.toml" in str(app.screen.query_one("#place", Static).content)


async def test_what_is_hidden_and_shown_is_as_the_settings_say() -> None:
    app = app_with(hidden_columns=("age", "left"), clock=True)
    async with showing(app, (160, 40)):
        table, top = app.screen.query_one(Table), app.screen.query_one(TopLine)

        assert not {"AGE", "EXPIRES"} & set(str(table.render_line(0).text).split())
        await wait_until(lambda: re.search(r"  \d\d:\d\d$", str(top.content)))


def test_what_was_started_without_writing_stays_so() -> None:
    assert changed(Settings(), "read_only").read_only
    assert changed(Settings(read_only=True), "read_only").read_only
