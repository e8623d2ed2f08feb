"""Pages of numbers, fetched as from a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import trio

from trio_batches.client.page import Page, PageSource
from trio_batches.client.paginator import Paginator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


DECODE = msgspec.json.Decoder(int).decode


class Pages:
    """Gives bodies of pages one after another, each after so many seconds."""

    def __init__(self, *bodies: object, seconds: float = 0) -> None:
        self.queries: list[dict[str, str]] = []
        self._bodies = list(bodies)
        self._seconds = seconds

    async def fetch(self, query: Mapping[str, str]) -> bytes:
        self.queries.append(dict(query))
        await trio.sleep(self._seconds)
        body = self._bodies.pop(0)
        if isinstance(body, Exception):
            raise body
        return body if isinstance(body, bytes) else msgspec.json.encode(body)

    def list(
        self,
        kind: type[Page[int]] = Page[int],
        query: Mapping[str, str] | None = None,
        prefetch: int = 2,
    ) -> Paginator[int]:
        return Paginator(PageSource(kind, self.fetch, DECODE), query or {}, prefetch=prefetch)


def id_pages(items: Sequence[int], size: int) -> list[dict[str, object]]:
    """Cut items into pages whose cursors are the items."""
    starts = range(0, max(1, len(items)), size)
    parts = [items[start : start + size] for start in starts]
    return [
        {
            "data": list(part),
            "has_more": number < len(parts),
            "first_id": str(part[0]) if part else None,
            "last_id": str(part[-1]) if part else None,
        }
        for number, part in enumerate(parts, 1)
    ]
