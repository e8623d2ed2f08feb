from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from tests.tui.result_lines import errored, succeeded
from tests.tui.waiting import wait_until
from tui.screens.copying import CopyScreen
from tui.screens.record import RecordScreen
from tui.state.requests import Requests, open_requests
from tui.state.results import ResultRows
from tui.state.row_index import open_lines
from tui.themes import register_themes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from textual.pilot import Pilot

    from tui.widgets.outline_view import OutlineView

CONTENT = [
    {"type": "thinking", "thinking": "A hidden thought."},
    {"type": "text", "text": "[red]The answer[/red] \x1b[31mis 한글."},
]


class RecordApp(App[object]):
    def __init__(self, screen: RecordScreen) -> None:
        super().__init__()
        register_themes(self, "dark")
        self._first = screen
        self.returned: int | None = None

    async def on_mount(self) -> None:
        await self.push_screen(self._first, self._take)

    def _take(self, line: int | None) -> None:
        self.returned = line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "results.jsonl"
    path.write_bytes(succeeded("a", content=CONTENT) + errored("b") + succeeded("c", "Third."))
    return path


@pytest.fixture
def requests(tmp_path: Path) -> Requests:
    path = tmp_path / "requests.jsonl"
    params = {"model": "claude-a", "messages": [{"role": "user", "content": "The question?"}]}
    path.write_text(json.dumps({"custom_id": "a", "params": params}) + "\n")
    requests = open_requests(path)
    assert requests is not None
    return requests


@asynccontextmanager
async def opened(
    path: Path, requests: Requests | None = None, size: tuple[int, int] = (120, 20)
) -> AsyncGenerator[tuple[RecordScreen, Pilot[object]]]:
    """Show the first record of a file."""
    index = open_lines(path)
    while index.step():
        pass
    rows = ResultRows(index)
    rows.refresh()
    screen = RecordScreen(rows, 0, path, requests)
    async with RecordApp(screen).run_test(size=size, notifications=True) as pilot:
        await wait_until(lambda: screen.is_mounted and screen.answer.lines)
        yield screen, pilot


def text(view: OutlineView) -> str:
    return "\n".join(line.text for line in view.lines)


def facts(screen: RecordScreen) -> str:
    return str(screen.query_one("#facts", Static).render())


async def test_the_answer_is_shown_as_harmless_text(path: Path) -> None:
    async with opened(path) as (screen, _):
        assert "[red]The answer[/red] ␛[31mis 한글." in text(screen.answer)
        assert "thinking, 17 characters" in text(screen.answer)
        assert "A hidden thought." not in text(screen.answer)
        assert "row 1 of 3  ·  a  ·  ✓ succeeded" in facts(screen)


async def test_a_fold_is_opened_by_enter_and_by_a_click(path: Path) -> None:
    async with opened(path) as (screen, pilot):
        await pilot.press("enter")
        assert "A hidden thought." in text(screen.answer)

        await pilot.click(screen.answer, offset=(3, 0))
        await wait_until(lambda: "A hidden thought." not in text(screen.answer))


async def test_h_and_l_fold_and_unfold_and_signs_do_it_for_all(path: Path) -> None:
    async with opened(path) as (screen, pilot):
        await pilot.press("l", "j")
        assert screen.answer.cursor_line == 1
        await pilot.press("h")
        assert screen.answer.cursor_line == 0
        await pilot.press("h")
        assert "A hidden thought." not in text(screen.answer)

        await pilot.press("plus")
        assert "A hidden thought." in text(screen.answer)
        await pilot.press("minus")
        assert "A hidden thought." not in text(screen.answer)


async def test_n_and_p_go_through_the_records_without_leaving(path: Path) -> None:
    async with opened(path) as (screen, pilot):
        await pilot.press("n")
        await wait_until(lambda: "✗ invalid_request_error" in text(screen.answer))
        await pilot.press("J")
        await wait_until(lambda: "Third." in text(screen.answer))
        await pilot.press("n", "K")
        await wait_until(lambda: "row 2 of 3" in facts(screen))

        await pilot.press("escape")
        app = pilot.app
        assert isinstance(app, RecordApp)
        await wait_until(lambda: app.returned == 1)


async def test_v_shows_the_json_and_the_text_again(path: Path) -> None:
    async with opened(path) as (screen, pilot):
        await pilot.press("v")
        await wait_until(lambda: 'custom_id: "a"' in text(screen.answer))
        await pilot.press("v")
        await wait_until(lambda: "custom_id" not in text(screen.answer))


async def test_a_request_that_is_found_later_appears(path: Path, requests: Requests) -> None:
    async with opened(path, requests) as (screen, _):
        assert "Looking for the request" in text(screen.request)

        while requests.step():
            pass

        await wait_until(lambda: "The question?" in text(screen.request))


async def test_where_there_is_no_room_for_two_panes_tab_changes_between_them(
    path: Path, requests: Requests
) -> None:
    async with opened(path, requests, (80, 20)) as (screen, pilot):
        assert screen.answer.size.width > 70
        assert not screen.request.size

        await pilot.press("tab")
        await wait_until(lambda: screen.request.size.width > 70)
        assert screen.request.has_focus

        await pilot.resize_terminal(120, 20)
        await wait_until(lambda: 50 < screen.answer.size.width < 70)
        await pilot.press("underscore")
        await wait_until(lambda: screen.request.size.width > 110)


async def test_y_copies_what_is_chosen(path: Path) -> None:
    async with opened(path) as (screen, pilot):
        await pilot.press("y")
        await wait_until(lambda: isinstance(pilot.app.screen, CopyScreen))
        await wait_until(lambda: pilot.app.screen.query_one(OptionList).highlighted == 0)
        await pilot.press("j", "enter")

        await wait_until(lambda: "The answer" in pilot.app.clipboard)
        await wait_until(lambda: pilot.app.screen is screen)


async def test_printing_where_the_screen_cannot_be_left_says_so(path: Path) -> None:
    async with opened(path) as (screen, pilot):
        await pilot.press("y")
        await wait_until(lambda: isinstance(pilot.app.screen, CopyScreen))
        await pilot.press("end", "enter")

        await wait_until(lambda: pilot.app.screen is screen)
        await wait_until(lambda: len(screen.query("Toast")))
