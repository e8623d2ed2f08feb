from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.state.filter import FilterError, Kind, parse_filter

KINDS: dict[str, Kind] = {"status": "text", "label": "text", "age": "time", "total": "number"}

ROW: dict[str, str | float | None] = {
    "status": "in_progress",
    "label": "Night run",
    "age": 3 * 86_400.0,
    "total": 1_204.0,
}


def keeps(source: str, row: dict[str, str | float | None] | None = None) -> bool:
    values = ROW if row is None else row
    wanted = parse_filter(source, KINDS)
    return wanted.keeps(lambda: "msgbatch_01AbC Night run in progress", values.__getitem__)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "night",
        "NIGHT abc",
        '"night run"',
        "!day",
        "re:^msgbatch_01",
        r"~\d\dAbC",
        "status:progress",
        "status:~^in_",
        "!status:ended",
        "age:<7d",
        "age:>=72h age:<=3d",
        "total:>1000",
        "total:>1k",
        "total:1204",
        f"total:<{'9' * 5_000}",
        "!total:<10",
        "label:'night run'",
        'a "quotation mark that is open',
    ],
)
def test_a_row_that_fits_is_kept(source: str) -> None:
    expected = source != 'a "quotation mark that is open'

    assert keeps(source) == expected


@pytest.mark.parametrize(
    "source",
    ["day", "!night", "re:^night", "status:ended", "age:>7d", "total:<=10", "night total:>9999"],
)
def test_a_row_that_does_not_fit_is_hidden(source: str) -> None:
    assert not keeps(source)


def test_a_row_without_a_value_compares_with_nothing() -> None:
    assert not keeps("age:<7d", {**ROW, "age": None})
    assert not keeps("label:night", {**ROW, "label": None})


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("re:(", "no regular expression: missing ), unterminated subpattern"),
        ("~a{4294967296}", "no regular expression: the repetition number is too large"),
        ("status:~a{4294967296}", "no regular expression: the repetition number is too large"),
        ("~" + "(" * 5_000, "no regular expression: its brackets are too deep"),
        ("re:(?a)(?u)x", "no regular expression: ASCII and UNICODE flags are incompatible"),
        ("sttaus:ended", "there is no sttaus: only status, label, age, total"),
        ("age:<soon", "age:<soon compares with nothing: say age:<7d"),
        ("total:5d", "total:5d compares with nothing: say total:>=1000"),
    ],
)
def test_what_cannot_be_understood_is_said(source: str, fault: str) -> None:
    with pytest.raises(FilterError, match=re.escape(fault)):
        parse_filter(source, KINDS)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_filter_or_a_sentence(source: str) -> None:
    sentence = ""
    try:
        parse_filter(source, KINDS).keeps(lambda: "text", ROW.__getitem__)
    except FilterError as error:
        sentence = str(error)

    assert len(sentence.splitlines()) <= 1


@given(st.from_regex(r"[a-zA-Z0-9_]{1,8}", fullmatch=True))
def test_a_word_keeps_what_its_negation_hides(word: str) -> None:
    assert keeps(word) != keeps(f"!{word}")
