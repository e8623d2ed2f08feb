"""The table by mouse, in terminals of every size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.listed_rows import ListedRows
from tests.tui.mouse import draw_to, wheel_down
from tests.tui.waiting import wait_until
from tests.tui.widgets.table_app import TableApp, lines, press, seen
from tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.message import Message


async def test_the_wheel_scrolls_three_rows_and_takes_the_cursor_along() -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11)) as pilot:
        await wheel_down(pilot, app.table, (5, 5))
        await wait_until(lambda: app.table.scroll_offset.y == 3)

        assert app.table.cursor_row == 3


async def test_a_click_moves_and_a_second_one_opens() -> None:
    messages: list[Message] = []
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11), message_hook=messages.append) as pilot:
        await pilot.click(app.table, offset=(8, 4))
        assert app.table.cursor_key == 3
        assert not seen(messages, Table.Opened)

        await pilot.click(app.table, offset=(8, 4))
        await pilot.pause()

    opened = [m.key for m in messages if isinstance(m, Table.Opened)]
    assert set(opened) == {3}


async def test_a_click_before_a_row_marks_it() -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.click(app.table, offset=(1, 4))
        await pilot.click(app.table, offset=(1, 6))

        assert app.table.targets() == (3, 5)


async def test_a_click_on_a_heading_names_its_column() -> None:
    messages: list[Message] = []
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11), message_hook=messages.append) as pilot:
        await pilot.click(app.table, offset=(14, 0))
        await pilot.pause()

    clicked = [m.column for m in messages if isinstance(m, Table.HeadingClicked)]
    assert set(clicked) == {"size"}


async def test_drawing_with_the_mouse_marks_a_range() -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.mouse_down(app.table, offset=(8, 3))
        await draw_to(pilot, app.table, (8, 6))
        await pilot.mouse_up(app.table, offset=(8, 6))
        await pilot.pause()

        assert app.table.targets() == (2, 3, 4, 5)
        assert app.table.cursor_key == 5


async def test_the_scroll_bar_can_be_dragged_through_a_million_rows() -> None:
    app = TableApp(ListedRows(range(1_000_000)))
    async with app.run_test(size=(40, 22)) as pilot:
        bar = app.table.vertical_scrollbar
        await wait_until(lambda: bar.size.height == 22)
        await pilot.mouse_down(bar, offset=(0, 0))
        await draw_to(pilot, None, (39, 11))
        assert bar.grabbed
        await wait_until(lambda: app.table.cursor_row > 400_000)
        await pilot.mouse_up(bar, offset=(0, 11))

        assert app.table.cursor_row < 600_000


@pytest.mark.parametrize(
    "size", [(1, 1), (2, 1), (1, 2), (4, 2), (5, 3), (60, 15), (80, 24), (200, 60)]
)
async def test_every_size_of_the_terminal_works(size: tuple[int, int]) -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=size) as pilot:
        await press(pilot, "j", "G", "space", "g", "pagedown", "v", "k", "enter")

        assert len(lines(app)) == size[1]
        assert all(len(line) == size[0] - 1 for line in lines(app))


async def test_a_resize_keeps_the_cursor_on_the_screen() -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 30)) as pilot:
        await press(pilot, *["j"] * 25)

        await pilot.resize_terminal(30, 8)
        await wait_until(lambda: app.table.size.height == 8)

        assert any(line.startswith("▌  row 25") for line in lines(app))
