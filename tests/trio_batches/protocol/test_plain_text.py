from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.protocol.plain_text import one_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("over\rwritten", r"over\rwritten"),
        ("back\x08space", r"back\x08space"),
        ("\x00", r"\x00"),
        ("\x7f", r"\x7f"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("a\u2028b", r"a\u2028b"),
        ("\ufeffa", r"\ufeffa"),
        ("\U000e0041", r"\U000e0041"),
        ("res-\udcff", r"res-\udcff"),
    ],
)
def test_what_could_steer_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["two\nlines", "a\ttab", "数据 🎉 👩🏽‍🚀", "Größe", ""])
def test_text_that_is_harmless_stays(text: str) -> None:
    assert printable(text) == text


def test_one_line_shows_where_lines_ended() -> None:
    assert one_line("a\nb\tc\x1b") == r"a ⏎ b c\x1b"


@given(st.text())
def test_nothing_that_is_shown_can_steer_a_terminal(text: str) -> None:
    shown = printable(text)

    kinds = {unicodedata.category(c) for c in shown if c not in "\n\t"}
    assert kinds.isdisjoint({"Cc", "Zl", "Zp"})
    assert not {unicodedata.bidirectional(c) for c in shown} & {"LRE", "RLE", "LRO", "RLO", "PDF"}
    assert not {unicodedata.bidirectional(c) for c in shown} & {"LRI", "RLI", "FSI", "PDI"}
    assert printable(shown) == shown
    assert "\n" not in one_line(text)
