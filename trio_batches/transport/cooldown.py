"""What one client's tasks share: when told to slow down, all of them do."""

from __future__ import annotations

from typing import final

import trio

__all__ = ("CoolDown",)


@final
class CoolDown:
    """Holds every request of a client back until a moment that can move further away.

    Attributes:
        holds: How often it was told to.
    """

    def __init__(self) -> None:
        self.holds: int = 0
        self._until = float("-inf")

    def hold(self, seconds: float) -> None:
        """Let no request start within so many seconds from now."""
        self.holds += 1
        self._until = max(self._until, trio.current_time() + seconds)

    async def wait(self) -> None:
        """Return when requests may start; at once if nothing holds them."""
        while trio.current_time() < self._until:  # noqa: ASYNC110  # it can move while waiting
            await trio.sleep_until(self._until)
