from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tui.state.expression import ExpressionError, compile_expression
from tui.state.runaway import may_run_away

EVIL = (
    r"^(\w+\s?)*$",
    r"(\w+)+!",
    r"(a+)+$",
    r"(a{1,3})*$",
    r"(a+){40}$",
    r"(a*)*b",
    r"(a?){50}a{50}",
    r"(a|aa)+$",
    r"(a|a){30}$",
    r"(ab?b?)*$",
    r"((ab?)*b)*$",
    r"(?:a(?:|b)(?:|b))*$",
    r"([a-zA-Z]+)*$",
    r"([^,]*,?)*$",
    r"(.*)*x",
    r"(.*,){11}P",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(x+x+)+y",
    r"(\s*\w*\s*)*!",
    r"^(\d+-?)+$",
    r"(?=(a+)+$)a",
    r"(?>(a+)+b)",
    r"(a)(?(1)(a+)+b|c)",
    r".*.*.*x",
    "a?" * 28 + "a" * 28,
)

HARMLESS = (
    r"(foo|bar)+",
    r"(foo|foobar)+x",
    r"(a|b)*c",
    r"(\w|\d)+!",
    r"(\w+\s)*",
    r"^(\w+,\s*)+$",
    r'("[^"]*",?)+',
    r"^(/\w+)*\.py$",
    r"(\d{1,3}\.){3}\d{1,3}",
    r"^msgbatch_.*x$",
    r"\d+-\d+",
    r"foo.*bar.*baz.*qux",
    r".*foo.*",
    r"\s*,?\s*",
    r"(\w)\1+",
    r"(?i)error|warn",
    r"naïve|café",
    r"\w+@\w+\.com",
    r"[^\x00-\x7f]+",
    r'"stop_reason": ?"(max|end).*"',
    r"(?<!x)y{3,}",
    r"(a)?(?(1)b|c)",
    r"a++b",
)

TEXTS = (
    "a" * 60 + "!?",
    "ab" * 60 + "!?",
    "x" * 60,
    "word " * 12 + "?",
    "1-" * 40 + "?",
    "é" * 60 + "!?",
    '"",' * 40,
    "/a" * 40 + ".pyx",
    "1.1.1.1" * 20,
)

SEARCH = """
import re, sys
expression, *texts = sys.argv[1:]
for text in texts:
    re.search(expression, text, re.IGNORECASE)
    re.search(expression.encode(), text.encode())
"""


@pytest.mark.parametrize("pattern", EVIL)
def test_what_could_search_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError, match="could take hours"):
        compile_expression(pattern, re.IGNORECASE)
    with pytest.raises(ExpressionError, match="could take hours"):
        compile_expression(pattern.encode())


@pytest.mark.parametrize("pattern", HARMLESS)
def test_what_is_harmless_is_searched_for_and_soon_done(pattern: str) -> None:
    compile_expression(pattern, re.IGNORECASE)
    compile_expression(pattern.encode())

    subprocess.run([sys.executable, "-c", SEARCH, pattern, *TEXTS], check=True, timeout=20)


def test_large_letters_are_small_ones_where_they_are_alike() -> None:
    assert may_run_away(re.compile("(ax?X?)*$", re.IGNORECASE))
    assert not may_run_away(re.compile("(ax?X?)*$"))


def test_bytes_are_not_letters() -> None:
    assert may_run_away(re.compile(r"(\W|é)*!".encode()))
    assert not may_run_away(re.compile(r"(\W|é)*!"))


def test_a_python_without_its_parser_judges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(re, "_parser")

    assert not may_run_away(re.compile(EVIL[0]))
