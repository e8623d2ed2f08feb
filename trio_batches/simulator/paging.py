"""Pages of lists, and the rules of their queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trio_batches.simulator.catalogue import MODELS
from trio_batches.simulator.replies import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trio_batches.simulator.shelf import Slice
    from trio_batches.simulator.world import World

__all__ = ("PageQuery", "slice_of_batches", "slice_of_models", "write_page")

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 1000


class PageQuery(msgspec.Struct, frozen=True):
    """What a list's query asks for.

    Attributes:
        after_id: The page begins behind this, towards older ones.
        before_id: The page ends right before this.
        limit: Items on a page, 1 to 1000.
    """

    after_id: str | None
    before_id: str | None
    limit: int

    @classmethod
    def read(cls, query: Mapping[str, str]) -> PageQuery:
        """Read a query.

        Raises:
            RefusalError: It breaks a rule.
        """
        after_id, before_id = query.get("after_id") or None, query.get("before_id") or None
        if after_id is not None and before_id is not None:
            raise RefusalError(400, "Only one of before_id and after_id may be provided")
        return cls(after_id, before_id, _read_limit(query.get("limit")))


def slice_of_batches(world: World, query: PageQuery) -> Slice:
    """Return the batches of a page.

    Raises:
        RefusalError: The cursor is no batch's id.
    """
    cursor = query.after_id or query.before_id
    if cursor is not None and not world.shelf.knows_cursor(cursor):
        raise _unknown_cursor(query)
    now = world.clock.now()
    if query.before_id is None:
        return world.shelf.older(query.after_id, query.limit, now)
    return world.shelf.newer(query.before_id, query.limit, now)


def slice_of_models(query: PageQuery) -> tuple[list[object], bool]:
    """Return the models of a page, and whether there are more.

    Raises:
        RefusalError: The cursor is no model's id.
    """
    ids = list(MODELS)
    if (query.after_id or query.before_id or ids[0]) not in MODELS:
        raise _unknown_cursor(query)
    if query.before_id is not None:
        stop = ids.index(query.before_id)
        start = max(0, stop - query.limit)
        return [MODELS[name] for name in ids[start:stop]], start > 0
    start = 0 if query.after_id is None else ids.index(query.after_id) + 1
    stop = start + query.limit
    return [MODELS[name] for name in ids[start:stop]], stop < len(ids)


def write_page(items: list[object], ids: list[str], *, has_more: bool) -> dict[str, object]:
    """Return a page in the service's form.

    Args:
        items: What is on it.
        ids: Their ids; only the first and the last are named.
        has_more: Whether there is another page in the same direction.
    """
    return {
        "data": items,
        "has_more": has_more,
        "first_id": ids[0] if ids else None,
        "last_id": ids[-1] if ids else None,
    }


def _read_limit(text: str | None) -> int:
    if text is None:
        return _DEFAULT_LIMIT
    try:
        limit = int(text)
    except ValueError as error:
        raise RefusalError(
            400, "limit: Input should be a valid integer, unable to parse string as an integer"
        ) from error
    if limit < 1:
        raise RefusalError(400, "limit: Input should be greater than or equal to 1")
    if limit > _MAX_LIMIT:
        raise RefusalError(400, f"limit: Input should be less than or equal to {_MAX_LIMIT}")
    return limit


def _unknown_cursor(query: PageQuery) -> RefusalError:
    name = "after_id" if query.before_id is None else "before_id"
    return RefusalError(400, f"{name}: No object has the id '{query.after_id or query.before_id}'")
