from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.state.outline import SHOWN_CHARACTERS, Node, json_node, lines_of, text_nodes, wrap


def texts(nodes: list[Node], width: int = 60) -> list[str]:
    return [f"{'  ' * line.depth}{line.text}" for line in lines_of(nodes, width)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("one two three", 20, ["one two three"]),
        ("one two three", 8, ["one two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("한글 한글", 5, ["한글", "한글"]),
        ("\tx", 10, ["    x"]),
        ("a\x1b[2Jb", 10, ["a␛[2Jb"]),
    ],
)
def test_text_is_wrapped_at_blanks_where_there_are_any(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap(text, width) == lines


@given(st.text(max_size=60), st.integers(2, 20))
def test_no_wrapped_line_is_wider_than_its_room(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(text, width))


@given(st.text(st.characters(categories=["L", "Nd", "Zs"]), max_size=60), st.integers(2, 20))
def test_nothing_but_blanks_is_lost_when_text_is_wrapped(text: str, width: int) -> None:
    whole = wrap(text, 1_000)[0]

    assert "".join(wrap(text, width)).replace(" ", "") == whole.replace(" ", "")


def test_a_value_is_shown_as_a_tree_with_its_depths_folded() -> None:
    value = {"a": {"b": {"c": [1, "x", None, True]}}, "d": "two\nlines"}

    assert texts([json_node(value, depth=2)]) == [
        "{2}",
        "  a: {1}",
        "    b: {1}  c",
        "  d: text, 9 characters",
        "    two",
        "    lines",
    ]


def test_folding_and_unfolding_by_depth() -> None:
    node = json_node({"a": {"b": [1, "x", None]}}, depth=0)
    assert texts([node]) == ["{1}  a"]

    node.fold(9)

    assert texts([node])[-3:] == ["      0: 1", '      1: "x"', "      2: null"]
    node.fold(0)
    assert len(texts([node])) == 1


def test_what_is_folded_is_not_made() -> None:
    def below() -> list[Node]:
        raise AssertionError("nobody has seen it")

    assert texts([Node("title", below=below, folded=True)]) == ["title"]


def test_of_a_long_text_the_beginning_is_shown_and_the_rest_is_counted() -> None:
    nodes = text_nodes("x" * (SHOWN_CHARACTERS + 500))

    assert len(nodes) == 2
    assert "500 more characters are not shown" in nodes[1].text


def test_of_many_lines_the_first_are_shown_and_the_rest_is_counted() -> None:
    nodes = text_nodes("\n" * 100_000)

    assert len(nodes) == 20_001
    assert "80,001 more characters" in nodes[-1].text


def test_of_many_items_the_first_are_shown_and_the_rest_is_counted() -> None:
    lines = texts([json_node(list(range(1_500)), depth=1)], 100)

    assert len(lines) == 1_002
    assert "500 more items are not shown" in lines[-1]
