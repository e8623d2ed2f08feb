from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.state.columns import GAP, fit
from tui.state.rows import Column

NAME = Column("name", "Name", 10)
SIZE = Column("size", "Size", 6, rank=2)
AGE = Column("age", "Age", 4, rank=1)
NOTE = Column("note", "Note", 5, grows=True, rank=2)
ALL = (NAME, SIZE, AGE, NOTE)


def names(width: int, hidden: tuple[str, ...] = ()) -> list[str]:
    return [fitted.column.name for fitted in fit(ALL, width, hidden)]


def test_all_are_shown_where_there_is_room() -> None:
    assert names(28) == ["name", "size", "age", "note"]


def test_the_greatest_rank_goes_first_and_of_those_the_rightmost() -> None:
    assert names(27) == ["name", "size", "age"]
    assert names(21) == ["name", "age"]
    assert names(14) == ["name"]


def test_what_is_left_goes_to_those_that_grow() -> None:
    assert [fitted.width for fitted in fit(ALL, 40)] == [10, 6, 4, 17]
    assert [fitted.start for fitted in fit(ALL, 40)] == [0, 11, 18, 23]


def test_a_hidden_column_leaves_its_room_to_others() -> None:
    assert names(27, ("size",)) == ["name", "age", "note"]


def test_the_last_column_is_cut_before_it_goes() -> None:
    assert [(fitted.column.name, fitted.width) for fitted in fit(ALL, 3)] == [("name", 3)]


@given(
    columns=st.lists(
        st.builds(
            Column,
            name=st.uuids().map(str),
            title=st.just(""),
            width=st.integers(1, 20),
            grows=st.booleans(),
            rank=st.integers(0, 3),
        ),
        max_size=8,
    ),
    width=st.integers(0, 120),
)
def test_no_line_is_wider_than_its_room(columns: list[Column], width: int) -> None:
    fitted = fit(columns, width)

    if fitted:
        assert fitted[-1].start + fitted[-1].width <= width
        assert [one.start for one in fitted] == [
            sum(other.width + GAP for other in fitted[:i]) for i in range(len(fitted))
        ]
    if fitted and any(one.column.grows for one in fitted):
        assert fitted[-1].start + fitted[-1].width == width
