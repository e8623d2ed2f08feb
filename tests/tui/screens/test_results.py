from __future__ import annotations

import gzip
import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.widgets import Input

from tests.tui.result_lines import canceled, errored, expired, succeeded
from tests.tui.waiting import wait_until
from tui.screens.go_to import GoToScreen
from tui.screens.record import RecordScreen
from tui.screens.results import ResultsScreen
from tui.themes import register_themes
from tui.widgets.results_line import ResultsLine
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

LINES = [
    succeeded("alpha", "The first answer."),
    errored("beta"),
    succeeded("gamma", "The [b]third[/b] \x1b[31manswer."),
    canceled("delta"),
    expired("epsilon"),
    succeeded("zeta", "The last answer.", tokens=(1_000, 2_000)),
]
SIZES = [(120, 36), (80, 24), (60, 15), (20, 5), (3, 2), (1, 1)]


class ResultsApp(App[object]):
    def __init__(self, screen: ResultsScreen) -> None:
        super().__init__()
        register_themes(self, "dark")
        self.results = screen

    async def on_mount(self) -> None:
        await self.push_screen(self.results)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "msgbatch_1.jsonl"
    path.write_bytes(b"".join(LINES))
    return path


async def read(screen: ResultsScreen) -> None:
    """Wait until the whole file has been read and is shown."""
    await wait_until(lambda: screen.is_mounted and screen.rows.index.is_done)
    await wait_until(lambda: len(screen.rows.kinds) == len(screen.rows.index) == screen.rows.total)


def shown(screen: ResultsScreen) -> list[int]:
    return [int(screen.rows.key(row)) + 1 for row in range(len(screen.rows))]


def is_shown(screen: ResultsScreen, rows: list[int]) -> bool:
    return shown(screen) == rows


def line_of(screen: ResultsScreen, y: int) -> str:
    return screen.table.render_line(y).text


async def filter_by(pilot: Pilot[object], screen: ResultsScreen, text: str) -> None:
    await pilot.press("slash")
    screen.filter_bar.query_one(Input).value = text
    await pilot.press("enter")


async def test_results_are_shown_with_what_they_are(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)):
        await read(screen)
        await wait_until(lambda: "expired" in str(screen.query_one(ResultsLine).render()))

        assert "alpha" in line_of(screen, 1)
        assert "✓ succeeded" in line_of(screen, 1)
        assert "✗ errored" in line_of(screen, 2)
        assert "invalid_request_error: No." in line_of(screen, 2)
        assert "[b]third[/b] ␛[31mans" in line_of(screen, 3)
        top = str(screen.query_one(ResultsLine).render())
        assert "✓ 3 succeeded" in top
        assert "✗ 1 errored" in top
        assert "◼ 1 canceled" in top


async def test_f_goes_through_the_types_that_there_are(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        for rows in ([1, 3, 6], [2], [4], [5], [1, 2, 3, 4, 5, 6]):
            await pilot.press("f")
            await wait_until(partial(is_shown, screen, rows))


async def test_a_filter_narrows_and_escape_takes_it_away_and_the_cursor_stays(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await pilot.press("G")

        await filter_by(pilot, screen, "answer")
        await wait_until(lambda: shown(screen) == [1, 3, 6])
        assert screen.table.cursor_key == 5
        assert "3 of 6" in str(screen.query_one(StatusLine).render())

        await pilot.press("escape")
        await wait_until(lambda: shown(screen) == [1, 2, 3, 4, 5, 6])
        assert screen.table.cursor_key == 5


async def test_a_filter_that_nothing_answers_says_so(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await filter_by(pilot, screen, "nowhere")

        await wait_until(lambda: "No result is like this" in line_of(screen, 1))


async def test_a_filter_that_makes_no_sense_keeps_what_is_shown(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await filter_by(pilot, screen, "re:(")

        await wait_until(lambda: "no regular expression" in screen.filter_bar.fault)
        assert len(screen.rows) == 6


async def test_e_goes_from_failure_to_failure(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        keys: list[object] = []
        for key in ("e", "e", "e", "e", "E", "E", "E"):
            await pilot.press(key)
            keys.append(screen.table.cursor_key)

        assert keys == [1, 3, 4, 4, 3, 1, 1]


async def test_a_row_is_gone_to_by_its_number(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await pilot.press("ctrl+g")
        await wait_until(lambda: isinstance(pilot.app.screen, GoToScreen))
        await pilot.press("4", "enter")

        await wait_until(lambda: screen.table.cursor_key == 3)


async def test_a_row_beyond_the_last_is_the_last(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await pilot.press("ctrl+g")
        await wait_until(lambda: isinstance(pilot.app.screen, GoToScreen))
        pilot.app.screen.query_one(Input).value = "9" * 5_000
        await pilot.press("enter")

        await wait_until(lambda: screen.table.cursor_key == 5)


async def test_a_letter_among_many_digits_is_not_taken(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await pilot.press("ctrl+g")
        await wait_until(lambda: isinstance(pilot.app.screen, GoToScreen))
        line = pilot.app.screen.query_one(Input)
        assert line.type == "text"  # another one would take years for the letter
        line.value = "9" * 100
        await pilot.press("x", "1")

        assert line.value == "9" * 100 + "1"


async def test_frequencies_and_the_tokens_of_marked_rows_are_counted(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 30)) as pilot:
        await read(screen)
        await pilot.press("ctrl+a", "F")

        await wait_until(lambda: "3 succeeded" in str(screen.panel.render()))
        assert "1 invalid_request_error" in str(screen.panel.render())
        top = screen.query_one(ResultsLine)
        await wait_until(lambda: "1,020 tokens in, 2,040 out" in str(top.render()))

        await pilot.press("escape")
        await wait_until(lambda: not screen.panel.display)


async def test_frequencies_follow_the_filter(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 30)) as pilot:
        await read(screen)
        await pilot.press("F")
        await wait_until(lambda: "3 succeeded" in str(screen.panel.render()))

        await filter_by(pilot, screen, "third")
        await wait_until(lambda: "1 succeeded" in str(screen.panel.render()))
        assert "errored" not in str(screen.panel.render())

        await pilot.press("f", "f")
        await wait_until(lambda: len(screen.rows) == 0)
        await wait_until(lambda: not str(screen.panel.render()))


async def test_enter_opens_the_record_and_escape_comes_back_to_its_row(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await pilot.press("enter")
        await wait_until(lambda: isinstance(pilot.app.screen, RecordScreen))
        await pilot.press("n", "n", "escape")

        await wait_until(lambda: pilot.app.screen is screen)
        await wait_until(lambda: screen.table.cursor_key == 2)


async def test_a_file_that_grows_is_followed(path: Path) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)):
        await read(screen)
        with path.open("ab") as file:
            path.rename(path.with_suffix(".other"))
            file.write(succeeded("late") + b"{broken\n")

        await wait_until(lambda: len(screen.rows) == 8)
        await wait_until(lambda: "! broken" in line_of(screen, 8))


async def test_a_part_says_that_nothing_has_arrived_and_takes_its_last_name(
    tmp_path: Path,
) -> None:
    part = tmp_path / "msgbatch_1.jsonl.1a2b3c4d.part"
    part.touch()
    screen = ResultsScreen(part)
    async with ResultsApp(screen).run_test(size=(120, 20)):
        await read(screen)
        await wait_until(lambda: "Nothing has arrived yet" in line_of(screen, 1))

        part.write_bytes(b"".join(LINES))
        part.rename(tmp_path / "msgbatch_1.jsonl")

        await wait_until(lambda: "msgbatch_1.jsonl  " in str(screen.top.render()))
        await wait_until(lambda: len(screen.rows) == 6)
        assert screen.path == tmp_path / "msgbatch_1.jsonl"


async def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "msgbatch_1.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(LINES)))
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)):
        await wait_until(lambda: len(screen.rows) == 6)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "No such file"),
        (b"", "The file is empty"),
        (b"no JSON\n", "not a result"),
        (succeeded("a")[:50], "cut off"),
    ],
)
async def test_bad_input_gets_a_sentence(tmp_path: Path, data: bytes | None, sentence: str) -> None:
    path = tmp_path / "results.jsonl"
    if data is not None:
        path.write_bytes(data)
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(160, 20)):
        await read(screen)

        def text() -> str:
            parts = (str(screen.banner.render()), str(screen.top.render()), line_of(screen, 1))
            return " ".join(parts)

        await wait_until(lambda: sentence in text())


async def test_a_folder_gets_a_sentence(tmp_path: Path) -> None:
    screen = ResultsScreen(tmp_path)
    async with ResultsApp(screen).run_test(size=(160, 20)):
        await wait_until(lambda: "this is a folder" in str(screen.banner.render()))


async def test_a_packed_file_without_its_end_says_so(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(LINES))[:-20])
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(160, 20)):
        await wait_until(lambda: "has no end" in str(screen.banner.render()))


async def test_a_damaged_packed_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    path.write_bytes(b"no gzip at all")
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(160, 20)):
        await wait_until(lambda: "is damaged" in str(screen.banner.render()))


@pytest.mark.parametrize("size", SIZES)
async def test_it_works_at_any_size(path: Path, size: tuple[int, int]) -> None:
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=size) as pilot:
        await read(screen)
        await pilot.press("j", "space", "F", "f", "enter")
        await wait_until(lambda: isinstance(pilot.app.screen, RecordScreen))
        await pilot.press("n", "v", "tab", "underscore", "escape")
        await wait_until(lambda: pilot.app.screen is screen)


async def test_a_line_of_ten_megabytes_is_a_row_like_others(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(succeeded("long", "word " * 2_000_000) + succeeded("short"))
    screen = ResultsScreen(path)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        assert "word word" in line_of(screen, 1)

        await pilot.press("enter")
        await wait_until(lambda: isinstance(pilot.app.screen, RecordScreen))
        record = pilot.app.screen
        assert isinstance(record, RecordScreen)
        await wait_until(lambda: len(record.answer.lines) > 100)

        assert any("more characters are not shown" in line.text for line in record.answer.lines)


async def test_the_request_is_beside_the_answer(path: Path, tmp_path: Path) -> None:
    requests = tmp_path / "requests.jsonl"
    params = {"model": "claude-a", "messages": [{"role": "user", "content": "Why is it so?"}]}
    names = ("zeta", "alpha")
    requests.write_text(
        "".join(json.dumps({"custom_id": name, "params": params}) + "\n" for name in names)
    )
    screen = ResultsScreen(path, requests=requests)
    async with ResultsApp(screen).run_test(size=(120, 20)) as pilot:
        await read(screen)
        await pilot.press("enter")
        await wait_until(lambda: isinstance(pilot.app.screen, RecordScreen))
        record = pilot.app.screen
        assert isinstance(record, RecordScreen)

        def request() -> str:
            return "\n".join(line.text for line in record.request.lines)

        await wait_until(lambda: "Why is it so?" in request())
        await pilot.press("n")
        await wait_until(lambda: "not among those that were kept" in request())
