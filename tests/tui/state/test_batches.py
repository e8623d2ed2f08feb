from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.known import known
from tui.state.batches import COLUMNS, KINDS, BatchList
from tui.state.filter import parse_filter
from tui.state.rows import Rows
from tui.state.wording import span

RUNNING = known(1, status="in_progress", processing=40, succeeded=0, age=timedelta(minutes=3))
FAILED = known(2, succeeded=900, errored=90, expired=10, label="night", age=timedelta(days=2))
OLD = known(3, archived=True, age=timedelta(days=40))


def listed() -> BatchList:
    batches = BatchList()
    batches.update([RUNNING, FAILED, OLD], frozenset({FAILED.id}))
    return batches


def texts(batches: BatchList, row: int) -> dict[str, str]:
    cells = batches.cells(row)
    return {column.name: cell.text for column, cell in zip(COLUMNS, cells, strict=True)}


def test_it_is_what_a_table_shows() -> None:
    batches = listed()

    assert isinstance(batches, Rows)
    assert [batches.key(row) for row in range(len(batches))] == [RUNNING.id, FAILED.id, OLD.id]


def test_a_state_is_told_by_glyph_and_word() -> None:
    batches = listed()

    assert [texts(batches, row)["status"] for row in range(3)] == [
        "▶ in progress",
        "! ended",
        "◌ archived",
    ]


def test_a_status_that_is_new_is_shown_as_it_is() -> None:
    batches = BatchList()
    batches.update([known(4, status="paused")], frozenset())

    assert texts(batches, 0)["status"] == "? paused"


def test_counts_are_shown_once_the_service_has_counted() -> None:
    batches = listed()

    assert texts(batches, 0)["succeeded"] == ""
    assert texts(batches, 0)["total"] == "40"
    assert texts(batches, 1)["errored"] == "90"
    assert texts(batches, 1)["canceled"] == "·"


def test_what_is_on_this_machine_is_told() -> None:
    batches = listed()

    assert [texts(batches, row)["copy"] for row in range(3)] == ["·", "◐ part", "·"]


def test_results_that_are_gone_say_so() -> None:
    assert texts(listed(), 2)["left"] == "gone"


def test_a_filter_hides_rows_and_knows_them_still() -> None:
    batches = listed()

    batches.look(parse_filter("failed:>0", KINDS))

    assert (len(batches), batches.total) == (1, 3)
    assert batches.row_of(RUNNING.id) is None
    assert batches.knows(RUNNING.id)
    assert batches.row_of(FAILED.id) == 0


@pytest.mark.parametrize("column", [column.name for column in COLUMNS])
def test_every_column_sorts_both_ways(column: str) -> None:
    batches = listed()
    batches.sort(column)
    once = [batches.key(row) for row in range(3)]

    batches.sort(column)

    values = [batches.value(batch, column) for batch in (RUNNING, FAILED, OLD)]
    if len(set(values)) == 3:
        assert [batches.key(row) for row in range(3)] == once[::-1]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 5)), unique_by=lambda pair: pair[0]))
def test_every_row_is_found_by_its_key(pairs: list[tuple[int, int]]) -> None:
    batches = BatchList()
    batches.update([known(number, errored=errors) for number, errors in pairs], frozenset())
    batches.sort("errored")
    batches.look(parse_filter("errored:>2", KINDS))

    rows = range(len(batches))

    assert [batches.row_of(batches.key(row)) for row in rows] == list(rows)
    assert len(batches) == sum(errors > 2 for _, errors in pairs)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (7199, "119m"), (7200, "2h"), (2e5, "2d")],
)
def test_a_length_of_time_is_short(seconds: float, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_labels_have_the_room_that_they_need() -> None:
    batches = BatchList()
    widths: list[int] = []
    for label in (None, "night of the long evaluation", "ab"):
        batches.update([known(1, label=label)], frozenset())
        widths += [column.width for column in batches.columns if column.name == "label"]

    assert widths == [6, 24, 6]
