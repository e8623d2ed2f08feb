"""Queries of lists and answers of single things."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from trio_batches.errors import ProtocolError
from trio_batches.protocol.limits import MAX_PAGE

if TYPE_CHECKING:
    from trio_batches.transport.exchange import Reply

__all__ = ("decode_reply", "list_query")

T = TypeVar("T")


def decode_reply(reply: Reply, kind: type[T]) -> T:
    """Decode the JSON of a successful answer.

    Raises:
        ProtocolError: It is not what it should be.
    """
    try:
        return msgspec.json.decode(reply.content, type=kind)
    except (ValueError, RecursionError) as exc:  # the latter for JSON that is too deep
        place = f" (request {reply.request_id})" if reply.request_id else ""
        raise ProtocolError(f"the service's answer is no {kind.__name__}: {exc}{place}") from exc


def list_query(after_id: str | None, before_id: str | None, limit: int | None) -> dict[str, str]:
    """Return the query of a list's first page.

    Raises:
        ValueError: The limit is out of range, or both ends are given.
    """
    if after_id is not None and before_id is not None:
        raise ValueError("give after_id or before_id, not both")
    if limit is not None and not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"limit is {limit}: a page holds 1 to {MAX_PAGE:,} items")
    size = None if limit is None else str(limit)
    query = {"after_id": after_id, "before_id": before_id, "limit": size}
    return {name: value for name, value in query.items() if value is not None}
