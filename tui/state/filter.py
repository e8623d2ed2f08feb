r"""The language of filters: words and `key:value` terms, all of which must hold.

`night` keeps rows that contain the word, `!night` those that do not, `re:^msg` (or
`~^msg`) those that a regular expression finds; `status:ended age:<7d total:>=1000`
compare one column. A term with spaces stands in quotation marks. Expressions that might
search for hours are refused: see `tui.state.runaway`.
"""

from __future__ import annotations

import operator
import re
import shlex
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from tui.state.expression import ExpressionError, compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ("Filter", "FilterError", "Kind", "parse_filter")

Kind: TypeAlias = Literal["text", "number", "time"]
"""What the values of a key are; times are lengths of time, in seconds."""

Value: TypeAlias = str | float | None
Get: TypeAlias = "Callable[[str], Value]"
"""Returns a row's value of a key; None where it has none."""

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "": operator.eq,
}
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6}
_COMPARISON = re.compile(r"(<=|>=|<|>|=|)(\d+(?:\.\d+)?)([a-z]?)")


class FilterError(ValueError):
    """A filter that cannot be understood; its text says why."""


class _Term(NamedTuple):
    key: str | None
    """None for the whole row."""

    holds: Callable[[Value], bool]
    negated: bool


class Filter:
    """What the user typed, understood.

    Attributes:
        source: What was typed; empty keeps every row.
    """

    def __init__(self, source: str, terms: tuple[_Term, ...]) -> None:
        self.source = source
        self._terms = terms

    def __bool__(self) -> bool:
        """Tell whether it may hide anything."""
        return bool(self._terms)

    def keeps(self, text: Callable[[], str], get: Get) -> bool:
        """Tell whether a row passes.

        Args:
            text: Returns all that a word is looked for in.
            get: Returns the row's value of a key.
        """
        return all(
            term.holds(text() if term.key is None else get(term.key)) != term.negated
            for term in self._terms
        )


def parse_filter(source: str, kinds: Mapping[str, Kind]) -> Filter:
    """Understand a filter.

    Args:
        source: What the user typed.
        kinds: The keys that rows have.

    Raises:
        FilterError: It cannot be understood.
    """
    return Filter(source, tuple(_term(word, kinds) for word in _words(source)))


def _words(source: str) -> list[str]:
    lexer = shlex.shlex(source, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""  # a backslash belongs to a regular expression
    try:
        return list(lexer)
    except ValueError:  # a quotation mark is open yet
        return source.replace('"', " ").replace("'", " ").split()


def _term(word: str, kinds: Mapping[str, Kind]) -> _Term:
    negated = word.startswith("!") and len(word) > 1
    word = word.removeprefix("!") if negated else word
    if word.startswith(("re:", "~")):
        return _Term(None, _finds(word.removeprefix("re:").removeprefix("~")), negated)
    key, colon, value = word.partition(":")
    if not colon or key not in kinds:
        if colon and key.isidentifier() and value:
            raise FilterError(f"there is no {key}: only {', '.join(kinds)}")
        return _Term(None, _contains(word), negated)
    if kinds[key] == "text":
        holds = _finds(value[1:]) if value.startswith("~") else _contains(value)
        return _Term(key, holds, negated)
    return _Term(key, _compares(key, value, kinds[key]), negated)


def _contains(word: str) -> Callable[[Value], bool]:
    wanted = word.casefold()
    return lambda value: wanted in str(value or "").casefold()


def _finds(pattern: str) -> Callable[[Value], bool]:
    try:
        search = compile_expression(pattern, re.IGNORECASE).search
    except ExpressionError as error:
        raise FilterError(str(error)) from None
    return lambda value: search(str(value or "")) is not None


def _compares(key: str, value: str, kind: Kind) -> Callable[[Value], bool]:
    units = _SECONDS if kind == "time" else _FACTORS
    found = _COMPARISON.fullmatch(value.casefold())
    if found is None or found[3] not in units:
        example = "<7d" if kind == "time" else ">=1000"
        raise FilterError(f"{key}:{value} compares with nothing: say {key}:{example}")
    compare, limit = _COMPARE[found[1]], float(found[2]) * units[found[3]]
    return lambda other: isinstance(other, int | float) and compare(other, limit)
