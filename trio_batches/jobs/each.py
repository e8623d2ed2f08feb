"""The same short call for many things at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import trio

from trio_batches.errors import TrioBatchesError
from trio_batches.protocol.many import refuse_lone_text
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

__all__ = ("for_each",)

K = TypeVar("K")
V = TypeVar("V")


async def for_each(
    things: Iterable[K],
    call: Callable[[K], Awaitable[V]],
    *,
    concurrency: int = 8,
    outcomes: dict[K, V | TrioBatchesError] | None = None,
) -> dict[K, V | TrioBatchesError]:
    """Call a function for each thing and return what each call returned or failed with.

    Args:
        things: Each is called for once, even if it is named twice.
        call: Does the work for one.
        concurrency: How many calls at a time.
        outcomes: Gets what each call came to as soon as it has: where this is cancelled,
            it tells which calls were over by then.

    The result has the order of the things. One failure does not stop the others;
    an exception that is not the library's own does, and is raised.
    """
    settled: dict[K, V | TrioBatchesError] = {} if outcomes is None else outcomes
    limit = trio.CapacityLimiter(concurrency)

    async def one(thing: K) -> None:
        async with limit:
            try:
                settled[thing] = await call(thing)
            except TrioBatchesError as error:
                settled[thing] = error

    refuse_lone_text(things, "things to call a function for")
    order = list(dict.fromkeys(things))
    async with open_hidden_nursery() as nursery:
        for thing in order:
            nursery.start_soon(one, thing)
    return {thing: settled[thing] for thing in order}
