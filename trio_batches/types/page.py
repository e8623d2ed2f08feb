"""What the wire carries for one page of a list, with its items still undecoded.

The three kinds differ only in how they name the place where the next page begins.
"""

from msgspec import Raw, Struct

__all__ = ("CursorPageBody", "IdPageBody", "TokenPageBody")


class IdPageBody(Struct, frozen=True, gc=False, kw_only=True):
    """A page whose neighbours are asked for by the ids at its ends.

    Batches and models come this way, newest first.

    Source: API reference, pagination.
    """

    data: list[Raw]
    """The items' JSON, newest first."""
    has_more: bool = False
    """Whether there is a further page in the direction of the walk."""
    first_id: str | None = None
    """The first item's id, to be sent as `before_id`; None on an empty page."""
    last_id: str | None = None
    """The last item's id, to be sent as `after_id`; None on an empty page."""


class TokenPageBody(Struct, frozen=True, gc=False, kw_only=True):
    """A page that names its successor by a token."""

    data: list[Raw]
    """The items' JSON."""
    has_more: bool = False
    """Whether there is a further page."""
    next_page: str | None = None
    """The token, to be sent as `page_token`; None on the last page."""


class CursorPageBody(Struct, frozen=True, gc=False, kw_only=True):
    """A page that names its successor by a cursor, and ends the walk by naming none."""

    data: list[Raw]
    """The items' JSON."""
    next_page: str | None = None
    """The cursor, to be sent as `page`; None on the last page."""
