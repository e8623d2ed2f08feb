"""What each screen looks like, as pictures: `--draw-pictures` draws them anew.

A picture that differs is left beside the expected one as `*.new.svg`, to look at.
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.tui.known import known
from tests.tui.result_lines import errored, succeeded
from tests.tui.waiting import wait_until
from tui.app import BatchesApp, Options
from tui.config import Configuration
from tui.events import BatchesRead, Link
from tui.job_views import JobsRead, JobView
from tui.screens.batches import BatchesScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.results import ResultsScreen
from tui.state.questions import ask_delete
from tui.state.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

PICTURES = Path(__file__).with_name("pictures")
SIZES = [(120, 36), (80, 24), (60, 15)]
THEMES = ["dark", "ansi"]
NOON = datetime(2026, 11, 21, 12, 0).astimezone()  # noon wherever it is looked at

BATCHES = [
    known(9001, status="in_progress", processing=1_204, succeeded=0, label="night run"),
    known(9002, status="canceling", processing=88, succeeded=0, age=timedelta(hours=7)),
    known(9003, succeeded=100_000, verified=True, label="evaluation", age=timedelta(days=3)),
    known(9004, succeeded=512, errored=31, expired=4, age=timedelta(days=4)),
    known(9005, succeeded=0, canceled=77, age=timedelta(days=5), label="[b]not markup[/b] 한글"),
    known(9006, archived=True, age=timedelta(days=40)),
    *(known(9010 + number, age=timedelta(days=6 + number / 2, hours=1)) for number in range(36)),
]


JOBS = (
    JobView(
        id=1,
        kind="download",
        words="Download 12 batches",
        cli="trio-batches download msgbatch_9003 …",
        state="failed",
        began_at=NOON,
        ended_at=NOON + timedelta(seconds=97),
        sentence="",
        waiting=0,
        running=0,
        done=10,
        failed=2,
        cancelled=0,
        lines=1_200_000,
        bytes=1_310_000_000,
        speed=None,
        seconds_left=None,
    ),
)


@asynccontextmanager
async def drawn(
    theme: str, size: tuple[int, int]
) -> AsyncGenerator[tuple[BatchesApp, Pilot[None]]]:
    """Show an app that is told of batches which nobody has."""
    app = BatchesApp(Options(configuration=Configuration(Settings(theme=theme))))
    async with app.run_test(size=size) as pilot:
        app.receive(Link(state="online", service="https://api.example", refreshed_at=NOON))
        app.receive(BatchesRead(BATCHES, frozenset({BATCHES[3].id})))
        await wait_until(lambda: isinstance(app.screen, BatchesScreen) and len(app.batches) > 1)
        yield app, pilot


def check(app: BatchesApp, name: str, request: pytest.FixtureRequest) -> None:
    """Compare what is on the screen with its picture."""
    for line in app.screen.query(Input):
        line.cursor_blink = False  # it is drawn, however long the test has taken
    theme = app.theme
    size = f"{app.size.width}x{app.size.height}"
    found = re.sub(r"terminal-\d+", "terminal", app.export_screenshot())
    found = re.sub(r"@font-face \{.*?\}\s*", "", found, flags=re.DOTALL)
    expected = PICTURES / f"{name}-{size}-{theme}.svg"
    if request.config.getoption("--draw-pictures"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(found, encoding="utf-8")
    elif expected.read_text(encoding="utf-8") != found:
        other = expected.with_suffix(".new.svg")
        other.write_text(found, encoding="utf-8")
        pytest.fail(f"{other.name} differs from {expected.name}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
async def test_the_list(theme: str, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    async with drawn(theme, size) as (app, pilot):
        await pilot.press("j", "space", "space", "j")

        check(app, "batches", request)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
async def test_the_question_before_a_delete(
    theme: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    async with drawn(theme, size) as (app, pilot):
        question = ask_delete(BATCHES[2:5], without_copy={BATCHES[3].id}, hidden=1)
        dialog = ConfirmScreen(question)
        await app.push_screen(dialog)
        await wait_until(lambda: dialog.listens)
        await pilot.pause()

        check(app, "delete", request)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
async def test_the_results(
    theme: str, size: tuple[int, int], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path = tmp_path / "results.jsonl"
    lines = [
        errored(f"request-{n}") if n % 7 == 3 else succeeded(f"request-{n}") for n in range(60)
    ]
    path.write_bytes(b"".join([*lines[:5], b'{"custom_id": "broken\n', *lines[5:]]))
    async with drawn(theme, size) as (app, pilot):
        screen = ResultsScreen(path)
        await app.push_screen(screen)
        await wait_until(lambda: len(screen.rows) == 61)
        await pilot.press("j", "j")

        check(app, "results", request)


@pytest.mark.parametrize("theme", THEMES)
async def test_a_record(theme: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(succeeded("request-1"))
    async with drawn(theme, (120, 36)) as (app, pilot):
        screen = ResultsScreen(path)
        await app.push_screen(screen)
        await wait_until(lambda: len(screen.rows) == 1)
        await pilot.press("enter")
        await wait_until(lambda: app.screen is not screen)
        await pilot.pause()

        check(app, "record", request)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_jobs(theme: str, request: pytest.FixtureRequest) -> None:
    async with drawn(theme, (120, 36)) as (app, pilot):
        app.receive(JobsRead(JOBS))
        await pilot.press("exclamation_mark")
        app.clear_notifications()
        await pilot.pause()

        check(app, "jobs", request)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("name", "key"), [("help", "question_mark"), ("palette", "colon")])
async def test_what_helps(theme: str, name: str, key: str, request: pytest.FixtureRequest) -> None:
    async with drawn(theme, (120, 36)) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()

        check(app, name, request)
