"""Regular expressions that a user types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, AnyStr

from tui.state.runaway import may_run_away

if TYPE_CHECKING:
    from re import Pattern

__all__ = ("ExpressionError", "compile_expression")


class ExpressionError(ValueError):
    """An expression that is not searched for; its text says why."""


def compile_expression(pattern: AnyStr, flags: re.RegexFlag = re.NOFLAG) -> Pattern[AnyStr]:
    """Compile what a user typed.

    Raises:
        ExpressionError: It is no regular expression, one that `re` cannot hold, or one
            that it might never be done with.
    """
    try:
        expression = re.compile(pattern, flags)
        runs_away = may_run_away(expression)
    except (re.error, OverflowError, ValueError) as error:
        raise ExpressionError(f"no regular expression: {error}") from None
    except RecursionError:
        raise ExpressionError("no regular expression: its brackets are too deep") from None
    if runs_away:
        raise ExpressionError("could take hours: a repetition leaves open how to go on")
    return expression
