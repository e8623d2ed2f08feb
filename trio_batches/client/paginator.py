"""A list that comes in pages, to be used in one of three ways."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar, final

from trio_batches.client.items import Items
from trio_batches.client.producer import Send, open_producer
from trio_batches.client.walk import PageWalk

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
    from types import TracebackType

    from trio_batches.client.page import Page, PageSource

__all__ = ("Paginator",)

T = TypeVar("T")


@final
class Paginator(Generic[T]):
    """What `list()` returns; nothing is fetched until it is used.

    - `await paginator` is the first `Page`.
    - `async for item in paginator` fetches page by page, each when its turn comes.
    - `async with paginator as items` fetches ahead in a task of its own, while
      the block works on what has arrived; leaving the block cancels what is in
      flight.

    Items come in the service's order. Every way is a checkpoint once a page.
    """

    def __init__(self, source: PageSource[T], query: Mapping[str, str], *, prefetch: int) -> None:
        if prefetch < 0:
            raise ValueError("prefetch is the number of pages to fetch ahead: 0 or more")
        self._source = source
        self._query = query
        self._prefetch = prefetch
        self._open: AbstractAsyncContextManager[Items[T]] | None = None

    def __await__(self) -> Generator[object, None, Page[T]]:
        """Fetch the first page."""
        return self._source.page(self._query).__await__()

    def __aiter__(self) -> Items[T]:
        """Iterate over all items, fetching each page on demand."""
        return Items(self._walk().next_items)

    async def __aenter__(self) -> Items[T]:
        """Start to fetch ahead and return the items."""
        if self._open is not None:
            raise RuntimeError("this list is open already: call list() again")
        self._open = self._ahead()
        return await self._open.__aenter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Cancel what is in flight."""
        assert self._open is not None  # noqa: S101  # entered before it is left
        opened, self._open = self._open, None
        return await opened.__aexit__(exc_type, exc, traceback)  # noqa: ASYNC102  # it shields

    def _walk(self) -> PageWalk[T]:
        return PageWalk(self._source.page, self._query)

    @asynccontextmanager
    async def _ahead(self) -> AsyncGenerator[Items[T]]:
        walk = self._walk()
        if self._prefetch == 0:
            yield Items(walk.next_items)
            return

        async def produce(send: Send[Sequence[T]]) -> None:
            while (items := await walk.next_items()) is not None:
                await send(items)

        async with open_producer(produce, ahead=self._prefetch) as receiver:
            yield Items(receiver.receive_or_none)
