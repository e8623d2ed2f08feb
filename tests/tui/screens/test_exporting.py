from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.widgets import Input

from tests.tui.result_lines import succeeded
from tests.tui.waiting import wait_until
from tui.screens.exporting import ExportScreen
from tui.screens.results import ResultsScreen
from tui.themes import register_themes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from textual.pilot import Pilot

LINES = [succeeded(f"id-{number}") for number in range(6)]


class ResultsApp(App[object]):
    def __init__(self, screen: ResultsScreen) -> None:
        super().__init__()
        register_themes(self, "dark")
        self._first = screen

    async def on_mount(self) -> None:
        await self.push_screen(self._first)


@asynccontextmanager
async def asked(path: Path, *keys: str) -> AsyncGenerator[tuple[ExportScreen, Pilot[object]]]:
    """Show results, press keys, and ask where to export them to."""
    path.write_bytes(b"".join(LINES))
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await wait_until(lambda: len(screen.rows.kinds) == len(LINES) == screen.rows.total)
        await pilot.press(*keys, "x")
        await wait_until(lambda: isinstance(pilot.app.screen, ExportScreen))
        question = pilot.app.screen
        assert isinstance(question, ExportScreen)
        yield question, pilot


async def test_marked_rows_are_exported(tmp_path: Path) -> None:
    target = tmp_path / "chosen.jsonl"
    async with asked(tmp_path / "results.jsonl", "space", "j", "space") as (question, pilot):
        question.query_one(Input).value = str(target)
        await pilot.press("enter")
        await wait_until(target.exists)
        await wait_until(lambda: isinstance(pilot.app.screen, ResultsScreen))

    assert target.read_bytes() == LINES[0] + LINES[2]


async def test_the_name_that_is_proposed_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "odd\x1b]0;title\x07.jsonl"
    async with asked(path) as (question, _):
        assert question.query_one(Input).value == "odd␛]0;title␇-shown.jsonl"


async def test_without_marks_what_is_shown_is_exported(tmp_path: Path) -> None:
    target = tmp_path / "chosen.csv"
    async with asked(tmp_path / "results.jsonl") as (question, pilot):
        question.query_one(Input).value = str(target)
        await pilot.press("enter")
        await wait_until(target.exists)

    assert target.read_text().count("\n") == len(LINES) + 1


async def test_a_file_that_is_there_is_replaced_only_when_asked_twice(tmp_path: Path) -> None:
    target = tmp_path / "chosen.jsonl"
    target.write_bytes(b"old")
    async with asked(tmp_path / "results.jsonl") as (question, pilot):
        question.query_one(Input).value = str(target)
        await pilot.press("enter")
        await wait_until(lambda: "is there already" in str(question.fault.render()))
        assert target.read_bytes() == b"old"

        await pilot.press("enter")
        await wait_until(lambda: target.read_bytes() == b"".join(LINES))


@pytest.mark.parametrize("name", ["nowhere/chosen.jsonl", "."])
async def test_what_cannot_be_written_is_said(tmp_path: Path, name: str) -> None:
    async with asked(tmp_path / "results.jsonl") as (question, pilot):
        question.query_one(Input).value = str(tmp_path / name)
        await pilot.press("enter")

        await wait_until(lambda: str(tmp_path) in str(question.fault.render()))
        assert question.is_current


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("/", "is a folder"),
        ("~no-such-user/chosen.jsonl", "no such user"),
        ("a" * 300, "name too long"),
    ],
)
async def test_what_cannot_be_written_is_said_and_can_be_corrected(
    named: str, said: str, tmp_path: Path
) -> None:
    target = tmp_path / "chosen.jsonl"
    async with asked(tmp_path / "results.jsonl") as (question, pilot):
        question.query_one(Input).value = named
        await pilot.press("enter", "enter")
        await wait_until(lambda: said in str(question.fault.render()).lower())

        question.query_one(Input).value = str(target)
        await pilot.press("enter")
        await wait_until(lambda: isinstance(pilot.app.screen, ResultsScreen))

    assert target.read_bytes() == b"".join(LINES)
