"""Items one by one, where they arrive many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

__all__ = ("Items",)

T = TypeVar("T")


@final
class Items(Generic[T]):
    """An iterator over the items of pages or blocks.

    It is a checkpoint only where the next page or block is needed, not once an item.

    Args:
        receive: Gives the next items, None after the last ones.
        first: Items that are there already.
    """

    def __init__(
        self, receive: Callable[[], Awaitable[Sequence[T] | None]], *, first: Sequence[T] = ()
    ) -> None:
        self._receive = receive
        self._items: Iterator[T] = iter(first)

    def __aiter__(self) -> Items[T]:
        """Return itself: items are handed out once."""
        return self

    async def __anext__(self) -> T:
        """Return the next item."""
        while True:
            for item in self._items:
                return item
            items = await self._receive()
            if items is None:
                raise StopAsyncIteration
            self._items = iter(items)
