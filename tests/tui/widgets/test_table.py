from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Offset

from tests.tui.listed_rows import ListedRows
from tests.tui.waiting import wait_until
from tests.tui.widgets.table_app import TableApp, lines, press, seen
from tui.state.rows import Cell
from tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.message import Message

    from tui.state.rows import Key


async def test_headings_rows_and_signs_of_cursor_and_marks() -> None:
    app = TableApp(ListedRows("abc"))
    async with app.run_test(size=(40, 6)) as pilot:
        await press(pilot, "space")

        assert [line.rstrip() for line in lines(app)] == [
            "   Name       Size Text",
            " ● row a         1 text",
            "▌  row b         1 text",
            "   row c         1 text",
            "",
            "",
        ]


async def test_keys_move_the_cursor() -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11)) as pilot:
        rows: list[int] = []
        for key in ("j", "down", "k", "G", "up", "g", "pagedown", "pageup", "end", "home"):
            await press(pilot, key)
            rows.append(app.table.cursor_row)

        assert rows == [1, 2, 1, 99, 98, 0, 9, 0, 99, 0]


async def test_the_cursor_stays_on_the_screen_when_it_moves_far() -> None:
    app = TableApp(ListedRows(range(100)))
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "G")

        assert lines(app)[-1].startswith("▌  row 99")


async def test_marking_keys() -> None:
    app = TableApp(ListedRows("abcdef"))
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "space", "space")
        assert app.table.targets() == ("a", "b")

        await press(pilot, "asterisk")
        assert app.table.targets() == ("c", "d", "e", "f")

        await press(pilot, "u")
        assert app.table.targets() == ("c",)

        await press(pilot, "ctrl+a")
        assert app.table.targets() == tuple("abcdef")


async def test_a_range_follows_the_cursor_until_v_ends_it() -> None:
    app = TableApp(ListedRows("abcdef"))
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "v", "j", "j", "k")
        assert app.table.targets() == ("a", "b")

        await press(pilot, "v", "G")
        assert app.table.targets() == ("a", "b")


async def test_escape_takes_an_open_range_back() -> None:
    app = TableApp(ListedRows("abcdef"))
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "space", "j", "v", "j", "escape")

        assert app.table.targets() == ("a",)


async def test_shift_and_arrows_mark_what_they_pass() -> None:
    app = TableApp(ListedRows("abcdef"))
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "shift+down", "shift+down", "j", "j")

        assert app.table.targets() == ("a", "b", "c")


async def test_messages_tell_what_happened() -> None:
    messages: list[Message] = []
    app = TableApp(ListedRows("abc"))
    async with app.run_test(size=(40, 11), message_hook=messages.append) as pilot:
        await press(pilot, "j", "space", "enter")

    highlighted = [m.key for m in messages if isinstance(m, Table.Highlighted)]
    assert list(dict.fromkeys(highlighted)) == ["b", "c"]
    assert [m.key for m in messages if isinstance(m, Table.Opened)][-1:] == ["c"]
    assert seen(messages, Table.MarksChanged)


async def test_a_filter_hides_marks_and_does_not_take_them() -> None:
    rows = ListedRows("abcdef")
    app = TableApp(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "ctrl+a")

        rows.put("abcdef", hidden="bcd")
        app.table.rows_changed()

        assert len(app.table.marks) == 6
        assert app.table.hidden_marks() == 3
        assert app.table.targets()[:3] == ("a", "e", "f")


async def test_an_unchanged_refresh_paints_nothing() -> None:
    app = TableApp(ListedRows(range(1000)))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "pagedown", "space")
        before = app.table.drawn

        for _ in range(10):
            app.table.rows_changed()
            await pilot.pause()

        assert app.table.drawn == before


async def test_a_refresh_paints_the_lines_that_look_different_and_no_others() -> None:
    rows = ListedRows(range(1000))
    app = TableApp(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = app.table.drawn

        rows.texts[3] = (Cell("new", "good"), Cell("2"), Cell(""))
        rows.texts[500] = (Cell("not on the screen"), Cell("2"), Cell(""))
        rows.put(range(1001))
        app.table.rows_changed()
        await wait_until(lambda: app.table.drawn > before)
        await pilot.pause()

        assert app.table.drawn == before + 1
        assert "new" in lines(app)[4]


async def test_a_key_paints_the_two_lines_that_it_changes() -> None:
    app = TableApp(ListedRows(range(1000)))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j")
        before = app.table.drawn

        await press(pilot, "j")

        assert app.table.drawn == before + 2


async def test_a_refresh_moves_neither_the_cursor_nor_its_line() -> None:
    rows = ListedRows(range(100, 200))
    app = TableApp(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, *["j"] * 20)
        before = lines(app)

        rows.put(range(50, 200))
        app.table.rows_changed()

        assert app.table.cursor_key == 120
        assert lines(app) == before


async def test_at_the_top_new_rows_are_seen() -> None:
    rows = ListedRows(range(100, 200))
    app = TableApp(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await pilot.pause()

        rows.put(range(98, 200))
        app.table.rows_changed()

        assert app.table.cursor_key == 100
        assert "row 98" in lines(app)[1]
        assert lines(app)[3].startswith("▌  row 100")


async def test_when_the_cursor_s_row_goes_its_neighbour_takes_its_place() -> None:
    rows = ListedRows(range(100))
    app = TableApp(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, *["j"] * 30)

        rows.put(range(31, 100))
        app.table.rows_changed()
        assert app.table.cursor_key == 31


async def test_when_all_rows_go_a_sentence_is_shown() -> None:
    rows = ListedRows(range(100))
    app = TableApp(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "j")

        rows.put(())
        app.table.rows_changed()

        assert app.table.cursor_key is None
        assert app.table.targets() == ()
        assert "Nothing here." in lines(app)[1]


async def test_many_rows_that_go_leave_no_empty_screen() -> None:
    rows = ListedRows(range(1000))
    app = TableApp(rows)
    async with app.run_test(size=(40, 11)) as pilot:
        await press(pilot, "G")

        rows.put(range(5))
        app.table.rows_changed()

        assert lines(app)[1:6] == [line for line in lines(app) if "row" in line]


async def test_columns_stay_straight_whatever_the_text() -> None:
    rows = ListedRows("abcde")
    for key, text in zip(
        "abcde",
        ("[red]한글한글한글[/]", "e\u0301\u200b\ufe0f", "\x1b[2J\n\t", "👩\u200d🚀🇩🇪", "x"),
        strict=True,
    ):
        rows.texts[key] = (Cell(text), Cell("7"), Cell("end"))
    app = TableApp(rows)
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        strips = [app.table.render_line(y) for y in range(1, 6)]

        assert all(strip.cell_length == 39 for strip in strips)
        assert all(strip.crop(19, 23).text == "end " for strip in strips)
        assert all("\x1b" not in strip.text for strip in strips)


async def test_the_heading_shows_how_rows_are_sorted() -> None:
    app = TableApp(ListedRows("abc"))
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.sorted_by = ("size", True)
        await pilot.pause()
        assert "Size▼" in lines(app)[0]

        app.table.sorted_by = ("name", False)
        assert "Name▲" in lines(app)[0]


async def test_a_hidden_column_is_not_shown() -> None:
    app = TableApp(ListedRows("abc"))
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.hidden_columns = ("size",)
        await pilot.pause()

        assert "Size" not in lines(app)[0]
        assert "Text" in lines(app)[0]


async def test_tones_are_colours_that_the_cursor_overrides() -> None:
    rows = ListedRows("ab")
    for key in "ab":
        rows.texts[key] = (Cell("fine", "good"), Cell("", "dim"), Cell("broken", "bad"))
    app = TableApp(rows)
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        at_cursor = {segment.style for segment in app.table.render_line(1)}
        elsewhere = {segment.style for segment in app.table.render_line(2)}

        assert len(at_cursor) == 1
        assert len({style.color for style in elsewhere if style}) >= 3


async def test_another_theme_is_another_picture_at_once() -> None:
    app = TableApp(ListedRows("ab"))
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        pictures: list[object] = []
        for theme in ("textual-dark", "textual-light", "textual-dark"):
            app.theme = theme
            await pilot.pause()
            pictures.append([segment.style for segment in app.table.render_line(2)])

        assert pictures[0] == pictures[2]
        assert pictures[0] != pictures[1]


async def test_the_terminal_s_cursor_is_on_the_row() -> None:
    app = TableApp(ListedRows("abc"))
    async with app.run_test(size=(40, 8)) as pilot:
        await press(pilot, "j", "j")

        assert app.cursor_position == Offset(0, 3)


async def test_other_rows_can_be_put_in_place_and_the_marks_stay() -> None:
    app = TableApp(ListedRows("abc"))
    async with app.run_test(size=(40, 8)) as pilot:
        await press(pilot, "j", "space")

        app.table.rows = ListedRows("xbyc")

        assert app.table.targets() == ("b",)
        assert app.table.cursor_key == "c"


async def test_move_to_goes_to_a_key_that_is_shown() -> None:
    key: Key = 70
    app = TableApp(ListedRows(range(100), hidden=(71,)))
    async with app.run_test(size=(40, 11)):
        assert app.table.move_to(key)
        assert app.table.cursor_key == key
        assert not app.table.move_to(71)
        assert app.table.cursor_key == key
