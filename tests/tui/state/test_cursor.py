from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.listed_rows import ListedRows
from tui.state.cursor import Cursor

KEYS = st.lists(st.integers(0, 30), unique=True)


def placed(rows: ListedRows, row: int) -> Cursor:
    cursor = Cursor()
    cursor.place(rows, row)
    return cursor


def test_a_place_outside_the_rows_is_the_nearest_row() -> None:
    rows = ListedRows("abc")

    assert placed(rows, 99).key == "c"
    assert placed(rows, -5).key == "a"


def test_without_rows_there_is_no_key() -> None:
    cursor = placed(ListedRows(""), 3)

    assert cursor.key is None
    assert cursor.row == 0


def test_the_cursor_goes_with_its_key() -> None:
    rows = ListedRows("abc")
    cursor = placed(rows, 1)

    rows.put("xyabc")

    assert not cursor.follow(rows)
    assert (cursor.key, cursor.row) == ("b", 3)


def test_the_next_row_takes_the_place_of_one_that_went() -> None:
    rows = ListedRows("abcd")
    cursor = placed(rows, 1)

    rows.put("xad")

    assert cursor.follow(rows, "abcd")
    assert cursor.key == "d"


def test_the_row_before_takes_the_place_of_the_last_one() -> None:
    rows = ListedRows("abcd")
    cursor = placed(rows, 3)

    rows.put("xyzab")

    assert cursor.follow(rows, "abcd")
    assert cursor.key == "b"


@given(before=KEYS, after=KEYS, row=st.integers(0, 30), hidden=st.sets(st.integers(0, 30)))
def test_after_any_refresh_the_cursor_is_on_its_key_or_on_the_nearest_neighbour(
    before: list[int], after: list[int], row: int, hidden: set[int]
) -> None:
    rows = ListedRows(before)
    cursor = placed(rows, row)
    was = cursor.key

    rows.put(after, hidden)
    moved = cursor.follow(rows, before)

    shown = [key for key in after if key not in hidden]
    assert moved == (cursor.key != was)
    if not shown:
        assert cursor.key is None
        return
    assert shown[cursor.row] == cursor.key
    if was in shown:
        assert cursor.key == was
    elif was is not None:
        at = before.index(int(was))
        near = [*before[at:], *reversed(before[:at])]
        there = [key for key in near if key in shown]
        if there:
            assert cursor.key == there[0]
