from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.state.plain import plain_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [b]text[/b]", "plain [b]text[/b]"),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("two\nlines\tand\r\nthree", "two⏎lines and⏎three"),
        ("\x9b31m", "�31m"),
        ("abc\u202edef", "abc�def"),
        ("a\u200bb\u2060c\ufe0f", "abc"),
        ("👩\u200d🚀", "👩🚀"),
        ("🇩🇪", "DE"),
        ("👍🏽", "👍"),
        ("half \ud83d", "half �"),
        ("é 한글 नमस्ते", "é 한글 नमस्ते"),
    ],
)
def test_text_is_shown_as_what_every_terminal_agrees_about(text: str, shown: str) -> None:
    assert plain_line(text) == shown


def test_only_the_beginning_is_looked_at() -> None:
    assert plain_line("x" * 10_000_000) == "x" * 200
    assert plain_line("xyz", 2) == "xy"


@given(st.text(st.characters(codec=None), max_size=200))
def test_no_text_steers_a_terminal_and_its_width_is_that_of_its_characters(text: str) -> None:
    line = plain_line(text)

    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in line)
    assert "\u2028" not in line
    assert line.encode().decode() == line
    assert cell_len(line) == sum(cell_len(character) for character in line)
