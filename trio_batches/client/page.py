"""One answer of a list, of the three kinds that the API has.

The kinds differ only in how the query for the next page is built: list
endpoints of batches and models give ids (`after_id`, `before_id`), others a
token or a cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, final

import msgspec
from typing_extensions import override

from trio_batches.client.items import Items
from trio_batches.client.walk import PageWalk
from trio_batches.errors import ProtocolError
from trio_batches.types import CursorPageBody, IdPageBody, TokenPageBody

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

__all__ = ("CursorPage", "Page", "PageSource", "TokenPage")

T = TypeVar("T")


@dataclass(frozen=True)
class PageSource(Generic[T]):
    """Where pages come from: shared by all pages of one walk."""

    kind: type[Page[T]]
    fetch: Callable[[Mapping[str, str]], Awaitable[bytes]]
    decode: Callable[[bytes], T]

    async def page(self, query: Mapping[str, str]) -> Page[T]:
        """Fetch and decode one page.

        Raises:
            ProtocolError: The answer is not a page.
        """
        body = await self.fetch(query)
        try:
            return self.kind(self, query, body)
        except (ValueError, RecursionError) as exc:  # the latter for JSON that is too deep
            raise ProtocolError(f"the service sent a page that is none: {exc}") from exc


class Page(Generic[T]):
    """A page whose neighbours are found by the ids of its first and last item.

    Attributes:
        data: The items, in the service's order: newest first.
        raw_data: The same items as the JSON that the service sent.
        has_more: Whether the service says that more follow.
        first_id: The id of the first item, None on an empty page.
        last_id: The id of the last item, None on an empty page.
    """

    def __init__(self, source: PageSource[T], query: Mapping[str, str], body: bytes) -> None:
        self._source: PageSource[T] = source
        self._query: Mapping[str, str] = query
        self.first_id: str | None = None
        self.last_id: str | None = None
        items, has_more = self._read(body)
        self.has_more: bool = has_more
        self.raw_data: list[bytes] = [bytes(item) for item in items]
        self.data: list[T] = [source.decode(item) for item in self.raw_data]

    def _read(self, body: bytes) -> tuple[list[msgspec.Raw], bool]:
        """Decode the envelope; return its items, and whether more follow."""
        envelope = _ID_PAGE.decode(body)
        self.first_id, self.last_id = envelope.first_id, envelope.last_id
        return envelope.data, envelope.has_more

    def __len__(self) -> int:
        """Return the number of items on this page."""
        return len(self.data)

    def __getitem__(self, index: int) -> T:
        """Return one item of this page."""
        return self.data[index]

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}, has_more={self.has_more}>"

    def next_page_info(self) -> dict[str, str] | None:
        """Return the query parameters that lead to the next page, None after the last one.

        Raises:
            ProtocolError: The service says that there is more, but not where.
        """
        if not self.has_more:
            return None
        if "before_id" in self._query:
            return {"before_id": self._cursor(self.first_id)}
        return {"after_id": self._cursor(self.last_id)}

    def has_next_page(self) -> bool:
        """Tell whether `get_next_page` has something to fetch."""
        return self.next_page_info() is not None

    def next_query(self) -> dict[str, str] | None:
        """Return the whole query of the next page, None after the last one."""
        info = self.next_page_info()
        return None if info is None else {**self._query, **info}

    async def get_next_page(self) -> Page[T]:
        """Fetch the next page.

        Raises:
            ValueError: There is none.
            APIStatusError: The service refused, and trying again did not help.
        """
        query = self.next_query()
        if query is None:
            raise ValueError("this is the last page: ask has_next_page() first")
        return await self._source.page(query)

    @staticmethod
    def _cursor(value: str | None) -> str:
        if value is None:
            raise ProtocolError("the service says that the list goes on, but gives no cursor")
        return value

    def __aiter__(self) -> Items[T]:
        """Iterate over the items of this page and of the ones after it."""
        walk = PageWalk(self._source.page, self)
        return Items(walk.next_items, first=self.data)


@final
class TokenPage(Page[T]):
    """A page that names the token of the next one, sent as `page_token`."""

    next_page: str | None = None

    @override
    def _read(self, body: bytes) -> tuple[list[msgspec.Raw], bool]:
        envelope = _TOKEN_PAGE.decode(body)
        self.next_page = envelope.next_page
        return envelope.data, envelope.has_more

    @override
    def next_page_info(self) -> dict[str, str] | None:
        """Return the query parameters that lead to the next page, None without one."""
        return {"page_token": self._cursor(self.next_page)} if self.has_more else None


@final
class CursorPage(Page[T]):
    """A page that names the cursor of the next one, sent as `page`."""

    next_page: str | None = None

    @override
    def _read(self, body: bytes) -> tuple[list[msgspec.Raw], bool]:
        envelope = _CURSOR_PAGE.decode(body)
        self.next_page = envelope.next_page
        return envelope.data, envelope.next_page is not None

    @override
    def next_page_info(self) -> dict[str, str] | None:
        """Return the query parameters that lead to the next page, None without one."""
        return None if self.next_page is None else {"page": self.next_page}


_ID_PAGE = msgspec.json.Decoder(IdPageBody)
_TOKEN_PAGE = msgspec.json.Decoder(TokenPageBody)
_CURSOR_PAGE = msgspec.json.Decoder(CursorPageBody)
