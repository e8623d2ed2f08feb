"""How many requests one client starts in a minute, whichever of its tasks they are for."""

from __future__ import annotations

from typing import final

import trio

__all__ = ("RequestBudget",)

BURST_SECONDS = 1.0
"""What was not used is kept for so long: a minute's worth at once would be twice the limit."""


@final
class RequestBudget:
    """A token bucket on Trio's clock.

    Args:
        per_minute: Requests a minute; None for as many as anyone likes.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._interval = 60 / per_minute if per_minute else 0.0
        self._next = float("-inf")

    async def wait(self) -> None:
        """Return when the next request may start; who asked first goes first.

        A request that is cancelled while it waits has used its turn.
        """
        if not self._interval:
            return
        now = trio.current_time()
        kept = max(0.0, BURST_SECONDS - self._interval)
        turn = max(self._next, now - kept)
        self._next = turn + self._interval
        if turn > now:
            await trio.sleep_until(turn)
