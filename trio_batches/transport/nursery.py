"""A nursery inside a function, which the function's caller need not know about."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn, cast

import trio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

__all__ = ("open_hidden_nursery",)


@asynccontextmanager
async def open_hidden_nursery() -> AsyncGenerator[trio.Nursery]:
    """Open a nursery whose lone error leaves it bare, not wrapped in a group."""
    try:
        async with trio.open_nursery() as nursery:
            yield nursery
    except BaseExceptionGroup as group:
        _, rest = group.split(trio.Cancelled)
        error, *others = (_any_leaf(group),) if rest is None else rest.exceptions
        if others:
            raise
    else:
        return
    _raise_as_it_is(error)


def _any_leaf(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    if not isinstance(first, BaseExceptionGroup):
        return first
    return _any_leaf(cast("BaseExceptionGroup[BaseException]", first))


def _raise_as_it_is(error: BaseException) -> NoReturn:
    """Raise an exception without giving it a new context."""
    context = error.__context__
    try:
        raise error
    finally:
        error.__context__ = context
        del error, context
