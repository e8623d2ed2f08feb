from __future__ import annotations

import pytest

from tui.state.setting_values import (
    UnusableValueError,
    parse_seconds,
    parse_switch,
    parse_theme,
    read_columns,
    read_filters,
    read_keys,
    read_seconds,
    read_switch,
    read_theme,
)


def test_values_of_the_right_kind_are_taken() -> None:
    assert read_theme("light") == "light"
    assert read_seconds(15) == 15.0
    assert read_switch(value=False) is False
    assert read_columns(["age", "left"]) == ("age", "left")
    assert read_filters({"failed": "errored:>0"}) == {"failed": "errored:>0"}


@pytest.mark.parametrize("text", ["1", "TRUE", " yes ", "on"])
def test_words_of_the_environment_switch_on(text: str) -> None:
    assert parse_switch(text)


@pytest.mark.parametrize("text", ["0", "False", "no", "off"])
def test_words_of_the_environment_switch_off(text: str) -> None:
    assert not parse_switch(text)


def test_texts_of_the_environment_are_read_like_values() -> None:
    assert parse_theme(" ansi ") == "ansi"
    assert parse_seconds("12.5") == 12.5


@pytest.mark.parametrize("value", [9.99, -1, 86_401, float("nan"), "12", True, None])
def test_a_poll_interval_is_a_number_and_no_faster_than_the_service_asks(value: object) -> None:
    with pytest.raises(UnusableValueError, match="expected seconds from 10, the service's own"):
        read_seconds(value)


@pytest.mark.parametrize("text", ["soon", "3", "nan", "inf"])
def test_a_poll_interval_of_the_environment_is_held_to_the_same(text: str) -> None:
    with pytest.raises(UnusableValueError, match="expected seconds from 10"):
        parse_seconds(text)


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_a_switch_of_the_file_is_true_or_false_only(value: object) -> None:
    with pytest.raises(UnusableValueError, match="expected true or false"):
        read_switch(value)


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(UnusableValueError, match="yes or no, on or off, not 'maybe'"):
        parse_switch("maybe")


def test_keys_may_be_nested_quoted_or_listed() -> None:
    keys = read_keys(
        {"batches.delete": "D", "results": {"next_error": ["e", " ctrl+n "]}, "quit": "q,f10"}
    )

    assert keys == {"batches.delete": "D", "results.next_error": "e,ctrl+n", "quit": "q,f10"}


@pytest.mark.parametrize("entry", ["", " , ", [], ["a", ""], ["a", 1], 3, True])
def test_what_is_no_key_is_refused_by_its_name(entry: object) -> None:
    with pytest.raises(UnusableValueError, match="expected a key such as") as caught:
        read_keys({"table": {"mark": entry}})

    assert caught.value.key == "table.mark"


@pytest.mark.parametrize("value", ["left", ["age", 3], ["agee"], {"age": True}])
def test_columns_are_an_array_of_names(value: object) -> None:
    with pytest.raises(UnusableValueError, match="expected an array of some of status, label"):
        read_columns(value)


def test_filters_are_texts_by_name() -> None:
    with pytest.raises(UnusableValueError, match="expected a table"):
        read_filters("errored:>0")
    with pytest.raises(UnusableValueError, match="expected a filter in quotes, not 3") as caught:
        read_filters({"failed": 3})

    assert caught.value.key == "failed"


def test_a_filter_that_is_none_is_refused_when_it_is_read() -> None:
    with pytest.raises(UnusableValueError, match="expected a filter \\(") as caught:
        read_filters({"good": "errored:>0", "bad": "age:<soon"})

    assert caught.value.key == "bad"


def test_a_refusal_shows_a_value_short_and_harmless() -> None:
    with pytest.raises(UnusableValueError) as caught:
        read_theme("\x1b[31m\u202e" + 200 * "x")

    said = str(caught.value)
    assert "not '\\x1b[31m\\u202exxx" in said
    assert said.isprintable()
    assert len(said) < 130
    with pytest.raises(UnusableValueError, match="not a table"):
        read_theme({"name": "dark"})
