"""From page to page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, TypeVar, final

from trio_batches.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from trio_batches.client.page import Page

__all__ = ("PageWalk",)

T = TypeVar("T")


@final
class PageWalk(Generic[T]):
    """Fetches pages one after another, each from where the one before it points.

    Args:
        fetch: Fetches the page of a query.
        start: The first query, or the page to go on from.
    """

    def __init__(
        self,
        fetch: Callable[[Mapping[str, str]], Awaitable[Page[T]]],
        start: Mapping[str, str] | Page[T],
    ) -> None:
        self._fetch = fetch
        self._place = start
        self._asked: set[frozenset[tuple[str, str]]] = set()

    async def next_page(self) -> Page[T] | None:
        """Fetch the next page; None after the last one.

        Raises:
            ProtocolError: The service repeats a cursor, or says that the list
                goes on without giving one. Pages before that have been returned.
        """
        place = self._place
        query = place if isinstance(place, Mapping) else place.next_query()
        if query is None:
            return None
        question = frozenset(query.items())
        if question in self._asked:
            raise ProtocolError("the list turns in a circle: the service repeats a cursor")
        self._place = page = await self._fetch(query)
        self._asked.add(question)  # not before: what failed or was cancelled is asked again
        return page

    async def next_items(self) -> Sequence[T] | None:
        """Fetch the next page and return its items; None after the last one."""
        page = await self.next_page()
        return None if page is None else page.data
