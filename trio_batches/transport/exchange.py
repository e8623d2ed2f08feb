"""One request and its answer, in words that do not depend on the HTTP library."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Literal, Protocol

import msgspec
import trio

__all__ = ("Body", "Call", "Connect", "Delivery", "Reply", "Sink")

Connect = Callable[[str, int], Awaitable[trio.abc.Stream]]
"""Opens a byte stream to a host and port."""

Sink = Callable[[bytes], Awaitable[bool]]
"""Takes a piece of a streamed body; its answer tells whether it wants more."""


class Body(Protocol):
    """A request body of known length, produced anew for each attempt."""

    @property
    def length(self) -> int:
        """Bytes in all."""
        ...

    def blocks(self) -> Generator[bytes]:
        """Yield the body in pieces; each is made within a few milliseconds."""
        ...


class Delivery:
    """What is known of a request that must not be acted on twice, while it is sent.

    Attributes:
        possible: The service may have all of it and has not turned it down, so it may
            act on it, or have acted.
    """

    def __init__(self) -> None:
        self.possible: bool = False


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask of the service."""

    method: Literal["GET", "POST", "DELETE"]
    target: str
    """A path below the base URL, or an absolute URL, which must have the base URL's origin."""

    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: Body | None = None
    read_timeout: float | None = None
    """Seconds without a byte before the exchange fails; None for the client's limit."""

    not_found_grace: float = 0.0
    """Seconds for which a 404 is waited out, since the thing is known to exist."""

    repeatable: bool = True
    """Whether doing it twice is the same as doing it once."""

    delivery: Delivery | None = None
    """Kept up to date for whoever has to know it when the call is cancelled."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A successful answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""

    content: bytes
    """The decoded body; empty where it went to a sink."""

    retry_after: float | None = None
    """Seconds after which the service suggests asking again."""

    @property
    def request_id(self) -> str | None:
        """What to quote to the service's support."""
        return self.headers.get("request-id")
