"""What one client allows itself on the network."""

from __future__ import annotations

import msgspec

__all__ = ("Limits",)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Connections and socket waits of one client; all times in seconds.

    These guard single socket operations. How long a whole call may take is the
    caller's choice: put it into a `trio.fail_after` block.
    """

    connections: int = 100
    """Open connections at most."""

    requests_per_minute: float | None = None
    """Requests that may start in a minute, of all tasks together; None for no limit of ours."""

    connect_timeout: float = 10.0
    """For a connection to be made, TLS included."""

    read_timeout: float = 60.0
    """Without a byte of an answer before the exchange counts as stalled."""

    write_timeout: float = 60.0
    """Without progress of a request body."""

    create_timeout: float = 600.0
    """For the answer to a create: giving up early would leave it unclear whether it happened."""
