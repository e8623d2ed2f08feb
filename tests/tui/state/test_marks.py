from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.tui.listed_rows import ListedRows
from tui.state.marks import Marks

KEYS = st.lists(st.integers(0, 30), unique=True)
KEY = st.integers(0, 30)


def test_a_mark_survives_being_hidden_and_is_counted_as_hidden() -> None:
    marks, rows = Marks(), ListedRows("abcd")
    marks.mark_shown(rows)

    rows.put("abcd", hidden="bc")

    assert len(marks) == 4
    assert marks.hidden(rows) == 2
    assert marks.in_order(rows)[:2] == ("a", "d")
    assert set(marks.in_order(rows)[2:]) == {"b", "c"}


def test_a_mark_on_what_is_gone_goes() -> None:
    marks, rows = Marks(), ListedRows("abc")
    marks.mark_shown(rows)

    rows.put("ac")

    assert marks.prune(rows)
    assert set(marks) == {"a", "c"}
    assert not marks.prune(rows)


def test_inverting_leaves_hidden_marks_alone() -> None:
    marks, rows = Marks(), ListedRows("abcd")
    marks.toggle("a")
    marks.toggle("b")

    rows.put("abcd", hidden="ac")
    marks.invert_shown(rows)

    assert set(marks) == {"a", "d"}


def test_a_range_follows_in_both_directions_and_gives_back_what_it_leaves() -> None:
    marks, rows = Marks(), ListedRows("abcdef")
    marks.toggle("f")
    marks.begin_range("c")

    marks.extend_range(rows, 4)
    assert set(marks) == {"c", "d", "e", "f"}

    marks.extend_range(rows, 0)
    assert set(marks) == {"a", "b", "c", "f"}


def test_a_dropped_range_leaves_the_marks_from_before() -> None:
    marks, rows = Marks(), ListedRows("abc")
    marks.toggle("a")
    marks.begin_range("b")
    marks.extend_range(rows, 2)

    marks.drop_range()

    assert set(marks) == {"a"}
    assert not marks.has_range


def test_a_range_ends_where_its_beginning_is_gone_or_hidden() -> None:
    marks, rows = Marks(), ListedRows("abc")
    marks.begin_range("b")

    rows.put("abc", hidden="b")
    marks.extend_range(rows, 0)

    assert not marks.has_range
    assert set(marks) == {"b"}


@given(before=KEYS, marked=st.sets(KEY), after=KEYS, hidden=st.sets(KEY))
def test_any_refresh_keeps_exactly_the_marks_on_what_is_still_there(
    before: list[int], marked: set[int], after: list[int], hidden: set[int]
) -> None:
    rows, marks = ListedRows(before), Marks()
    for key in marked & set(before):
        marks.toggle(key)

    rows.put(after, hidden)
    marks.prune(rows)

    left = marked & set(before) & set(after)
    assert set(marks) == left
    assert marks.hidden(rows) == len(left & hidden)
    assert set(marks.in_order(rows)) == left


class MarkingAndRefreshing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.rows = ListedRows(range(10))
        self.marks = Marks()
        self.model: set[int | str] = set()

    @rule(key=KEY)
    def toggle(self, key: int) -> None:
        if self.rows.knows(key):
            self.marks.toggle(key)
            self.model ^= {key}

    @rule()
    def mark_shown(self) -> None:
        self.marks.mark_shown(self.rows)
        self.model |= {self.rows.key(row) for row in range(len(self.rows))}

    @rule()
    def invert(self) -> None:
        self.marks.invert_shown(self.rows)
        self.model ^= {self.rows.key(row) for row in range(len(self.rows))}

    @rule(start=KEY, end=KEY, keeps=st.booleans())
    def draw_range(self, start: int, end: int, *, keeps: bool) -> None:
        first = self.rows.row_of(start)
        if first is None or end >= len(self.rows):
            return
        self.marks.begin_range(start)
        self.marks.extend_range(self.rows, end)
        if keeps:
            self.marks.end_range()
            self.model |= {
                self.rows.key(row) for row in range(min(first, end), max(first, end) + 1)
            }
        else:
            self.marks.drop_range()

    @rule()
    def clear(self) -> None:
        self.marks.clear()
        self.model.clear()

    @rule(keys=KEYS, hidden=st.sets(KEY))
    def refresh(self, keys: list[int], hidden: set[int]) -> None:
        self.rows.put(keys, hidden)
        self.marks.prune(self.rows)
        self.model &= set(keys)

    @invariant()
    def the_same_are_marked(self) -> None:
        assert set(self.marks) == self.model
        assert self.marks.hidden(self.rows) == sum(
            self.rows.row_of(key) is None for key in self.model
        )


TestMarkingAndRefreshing = MarkingAndRefreshing.TestCase
