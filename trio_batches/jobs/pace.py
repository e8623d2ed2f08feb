"""How many downloads to run at a time, found out while they run.

Up by one after a window in which nothing went wrong, down by half when the
service asks to slow down. A step up that brought no more bytes is taken back,
and the next one is tried later: then the line, the disk or this machine is the
limit, and more downloads would only hold more memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import trio

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("Meter", "Pace", "Window", "steer")

START = 4
LIMIT = 32
"""More connections have not been seen to bring more."""

WINDOW_SECONDS = 0.5
"""Long enough for a download that has just begun to show in the figures."""

GAIN = 0.25
"""The part of the bytes that one more download should bring which counts as more bytes."""

MOST_PATIENCE = 32
"""Windows between two attempts to go up, when they bring nothing."""

AFTER_SLOWDOWN = 4
"""Windows before the next step up, once the service has asked to slow down."""

DISK_SHARE = 0.5
"""Of the downloads' time: when more is spent writing, the disk is behind."""


@dataclass
class Meter:
    """What downloads have used so far; they add to it."""

    received: int = 0
    """Bytes from the wire."""

    disk_seconds: float = 0.0
    """Spent waiting for the disk, of all downloads together."""


@dataclass(frozen=True)
class Window:
    """What was seen in a short time."""

    received: int
    """Bytes from the wire."""

    slowed: bool = False
    """Whether the service has asked to slow down."""

    full: bool = True
    """Whether as many downloads ran as might."""

    disk_share: float = 0.0
    """The part of the downloads' time that went into writing, 0 to 1."""


@final
class Pace:
    """Decides, window by window; it knows no clock.

    Attributes:
        limit: How many downloads may run now.
    """

    def __init__(self) -> None:
        self.limit: int = START
        self._before: int | None = None
        """The bytes of the window before the last step up, while that is on trial."""
        self._rest = 0
        self._patience = 1

    def after(self, window: Window) -> int:
        """Return how many downloads may run after a window."""
        if window.slowed:
            self.limit = max(1, self.limit // 2)
            self._before, self._rest = None, AFTER_SLOWDOWN
        elif not window.full or not window.received or window.disk_share > DISK_SHARE:
            self._before = None
        elif self._before is not None and window.received < self._wanted(self._before):
            self.limit -= 1
            self._before, self._rest = None, self._patience
            self._patience = min(2 * self._patience, MOST_PATIENCE)
        elif self._before is None and self._rest:
            self._rest -= 1
        else:
            self._go_up(window)
        return self.limit

    def _wanted(self, before: int) -> float:
        return before * (1 + GAIN / self.limit)

    def _go_up(self, window: Window) -> None:
        if self._before is not None:
            self._patience = 1  # the last step was worth it
        if self.limit < LIMIT:
            self.limit += 1
            self._before = window.received
        else:
            self._before = None


async def steer(
    limiter: trio.CapacityLimiter,
    meter: Meter,
    slowdowns: Callable[[], int],
    tell: Callable[[int], None],
) -> None:
    """Adapt a limiter to what the downloads achieve, until cancelled.

    Args:
        limiter: Each download has one of its tokens.
        meter: What they have used.
        slowdowns: How often the service has asked to slow down.
        tell: Called with the limit whenever it may have changed.
    """
    pace = Pace()
    while True:
        limiter.total_tokens = pace.limit
        tell(pace.limit)
        asked, received, waited = slowdowns(), meter.received, meter.disk_seconds
        await trio.sleep(WINDOW_SECONDS)
        pace.after(
            Window(
                received=meter.received - received,
                slowed=slowdowns() > asked,
                full=limiter.borrowed_tokens >= pace.limit,
                disk_share=(meter.disk_seconds - waited) / (WINDOW_SECONDS * pace.limit),
            )
        )
