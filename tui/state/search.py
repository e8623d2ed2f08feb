"""What a search for results asks for, and whether a line answers it.

Words must all be there; `"…"` holds several together, `!` in front turns one round,
`re:` or `~` takes a regular expression, and `key:value` looks at one column. Words are sought
in the line as it is in the file; in small letters they find large ones too. Expressions
that might search for hours are refused: see `tui.state.runaway`.
"""

from __future__ import annotations

import json
import operator
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.state.expression import ExpressionError, compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.state.result_line import Summary

__all__ = ("KEYS", "FieldTerm", "Pattern", "Query", "QueryError", "Word", "parse_query")


class QueryError(ValueError):
    """A search cannot be understood; the text says why."""


_TEXTS: Final[dict[str, Callable[[Summary], str]]] = {
    "id": lambda summary: summary.custom_id,
    "type": lambda summary: summary.type,
    "model": lambda summary: summary.model,
    "stop": lambda summary: summary.stop_reason,
    "error": lambda summary: summary.error_type,
}
_NUMBERS: Final[dict[str, Callable[[Summary], int | None]]] = {
    "in": lambda summary: summary.tokens_in,
    "out": lambda summary: summary.tokens_out,
}
KEYS: Final = (*_TEXTS, *_NUMBERS)
"""What can stand before a colon."""

_NUMBER = re.compile(r"(<=|>=|<|>|=|)(\d+)")
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "": operator.eq,
}


@dataclass(frozen=True)
class Word:
    """Bytes of which one must be in the line, as they are or in small letters."""

    needles: tuple[bytes, ...]
    folds: bool
    negated: bool = False


@dataclass(frozen=True)
class Pattern:
    """A regular expression that must match somewhere in the line."""

    expression: re.Pattern[bytes]
    negated: bool = False


@dataclass(frozen=True)
class FieldTerm:
    """A condition on one column."""

    accepts: Callable[[Summary], bool]
    negated: bool = False


@dataclass(frozen=True)
class Query:
    """A search: all of it must be so."""

    words: tuple[Word, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    fields: tuple[FieldTerm, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.words or self.patterns or self.fields)


def parse_query(text: str) -> Query:
    """Return what a search asks for.

    Raises:
        QueryError: A regular expression or a number is malformed.
    """
    words: list[Word] = []
    patterns: list[Pattern] = []
    fields: list[FieldTerm] = []
    for part in _parts(text):
        negated = part.startswith("!")
        term = part.removeprefix("!")
        key, colon, value = term.partition(":")
        if term.startswith(("re:", "~")):
            expression = _expression(term.removeprefix("re:").removeprefix("~"))
            patterns.append(Pattern(expression, negated))
        elif colon and key in KEYS:
            fields.append(FieldTerm(_condition(key, value), negated))
        elif term:
            words.append(_word(term, negated=negated))
    return Query(tuple(words), tuple(patterns), tuple(fields))


def _parts(text: str) -> list[str]:
    if text.lstrip("!").startswith(("re:", "~")):
        return [text]  # an expression may hold blanks and quotes
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = ""
    lexer.quotes = '"'
    try:
        return list(lexer)
    except ValueError:  # a quotation mark is still open
        return text.replace('"', " ").split()


def _word(term: str, *, negated: bool) -> Word:
    """Look for a word as JSON may write it: with its letters or with their numbers."""
    folds = term == term.lower()
    forms = {json.dumps(term, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True)}
    return Word(tuple(sorted(form.encode(errors="replace") for form in forms)), folds, negated)


def _expression(value: str) -> re.Pattern[bytes]:
    flags = re.IGNORECASE if value == value.lower() else re.NOFLAG
    try:
        return compile_expression(value.encode(errors="replace"), flags)
    except ExpressionError as error:
        raise QueryError(str(error)) from None


def _condition(key: str, value: str) -> Callable[[Summary], bool]:
    if key in _TEXTS:
        text_of, sought = _TEXTS[key], value.casefold()
        return lambda summary: sought in text_of(summary).casefold()
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise QueryError(f"{key}:{value} compares with nothing: say {key}:>=1000")
    number_of, compare, limit = _NUMBERS[key], _COMPARE[found[1]], float(found[2])

    def accepts(summary: Summary) -> bool:
        number = number_of(summary)
        return number is not None and compare(number, limit)

    return accepts
