from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.result_lines import errored, expired, succeeded
from tui.state.kinds import Kinds
from tui.state.result_line import Kind
from tui.state.row_index import open_lines
from tui.state.search import Query, QueryError, parse_query
from tui.state.selection import Selection

if TYPE_CHECKING:
    from pathlib import Path

LINES = (
    succeeded("alpha-1", "The quick Fox.", tokens=(5, 100)),
    succeeded("beta-2", 'A "quoted" word\nand a naïve one.', model="claude-b", stop="max_tokens"),
    errored("gamma-3", "overloaded_error", "Too busy, fox."),
    expired("delta-4"),
    b"{broken fox\n",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b"".join(LINES))
    return path


def found(path: Path, text: str, kind: Kind | None = None) -> list[int]:
    index = open_lines(path)
    kinds = Kinds(index)
    with closing(index):
        while index.step() or kinds.step():
            pass
        selection = Selection(index, kinds, parse_query(text), kind)
        while selection.step():
            pass
    return list(selection.rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("fox", [0, 2, 4]),
        ("Fox", [0]),
        ("!fox", [1, 3]),
        ("fox quick", [0]),
        ("fox !quick", [2, 4]),
        ('"quick fox"', [0]),
        ("naïve", [1]),
        ("re:fox.*tokens", [0]),
        ("re:Fox", [0]),
        ("!re:fox", [1, 3]),
        ('re:qu.*d\\\\" word', [1]),
        ("id:alpha", [0]),
        ("type:errored", [2]),
        ("type:broken", [4]),
        ("!type:succeeded", [2, 3, 4]),
        ("model:claude-b", [1]),
        ("stop:max", [1]),
        ("error:overloaded", [2]),
        ("out:>50", [0]),
        ("out:<50", [1]),
        ("in:5", [0]),
        (f"out:>{'9' * 5_000}", []),
        (f"out:<{'9' * 5_000}", [0, 1]),
        ("in:<=10 out:>=20 out:<100", [1]),
        ('"quick fox', [0]),
        ("~fox.*tokens", [0]),
        ("id:a fox", [0, 2]),
        ("http://nowhere", []),
    ],
)
def test_a_search_finds_the_lines_that_answer_it(path: Path, text: str, rows: list[int]) -> None:
    assert found(path, text) == rows


def test_a_search_can_be_narrowed_to_a_kind(path: Path) -> None:
    assert found(path, "fox", Kind.ERRORED) == [2]
    assert found(path, "", Kind.SUCCEEDED) == [0, 1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("re:(", "no regular expression"),
        ("re:a{4294967296}", "the repetition number is too large"),
        ("re:" + "(" * 5_000, "its brackets are too deep"),
        ("~(?L)(?a)x", "ASCII and LOCALE flags are incompatible"),
        ("out:many", "out:many compares with nothing"),
    ],
)
def test_a_search_that_makes_no_sense_says_why(text: str, sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        parse_query(text)


@pytest.mark.parametrize("text", ["", "  ", "!", '""'])
def test_nothing_asked_is_no_search(text: str) -> None:
    assert parse_query(text) == Query()


@given(st.text())
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    with suppress(QueryError):
        parse_query(text)


def test_what_comes_later_is_searched_too(path: Path) -> None:
    index = open_lines(path)
    kinds = Kinds(index)
    selection = Selection(index, kinds, parse_query("fox"))
    while index.step() or kinds.step() or selection.step():
        pass

    with path.open("ab") as file:
        file.write(succeeded("late", "another fox") + succeeded("last"))
    while index.step() or kinds.step() or selection.step():
        pass

    assert list(selection.rows) == [0, 2, 4, 5]
    index.close()
