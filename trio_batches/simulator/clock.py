"""The world's time: Trio's clock, mapped on a wall clock."""

from __future__ import annotations

from datetime import UTC, datetime

import trio

__all__ = ("WorldClock", "write_time")


def write_time(seconds: float) -> str:
    """Write a time as the service does: RFC 3339 with microseconds and an offset."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


class WorldClock:
    """Stands still until it is started, then follows `trio.current_time()`.

    Every run of Trio has a clock of its own; a world that is served in one run
    and then in another goes on where it stopped.
    """

    def __init__(self, start: float, *, frozen: bool) -> None:
        self._start = start
        self._frozen = frozen
        self._passed = 0.0
        self._running = False
        self._seen_clock: trio.abc.Clock | None = None
        self._seen_at = 0.0

    def start(self) -> None:
        """Begin to follow Trio's clock; calling it again changes nothing."""
        self._running = True
        self.elapsed()

    def advance(self, seconds: float) -> None:
        """Let time jump forward."""
        self._passed += seconds

    def elapsed(self) -> float:
        """Return the seconds since the clock was started."""
        if self._running and not self._frozen:
            self._follow()
        return self._passed

    def now(self) -> float:
        """Return the world's wall clock, in seconds since 1970."""
        return self._start + self.elapsed()

    def _follow(self) -> None:
        try:
            clock = trio.lowlevel.current_clock()
        except RuntimeError:  # outside of Trio nothing moves
            return
        time = clock.current_time()
        if clock is self._seen_clock:
            self._passed += time - self._seen_at
        self._seen_clock = clock
        self._seen_at = time
