"""Regular expressions that a user types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, AnyStr

if TYPE_CHECKING:
    from re import Pattern

__all__ = ("ExpressionError", "compile_expression")


class ExpressionError(ValueError):
    """An expression that is not searched for; its text says why."""


def compile_expression(pattern: AnyStr, flags: re.RegexFlag = re.NOFLAG) -> Pattern[AnyStr]:
    """Compile what a user typed.

    Raises:
        ExpressionError: It is no regular expression, or one that `re` cannot hold.
    """
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, ValueError) as error:
        raise ExpressionError(f"no regular expression: {error}") from None
    except RecursionError:
        raise ExpressionError("no regular expression: its brackets are too deep") from None
