"""What was confirmed and is not done yet: for some seconds it can be taken back."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple, final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ("Countdowns", "Pending")

SECONDS = 5.0


class Pending(NamedTuple):
    """Something that will be done when its time comes."""

    words: str
    """Such as `Deleting 12`."""

    due: float
    do: Callable[[], Awaitable[None]]


@final
class Countdowns:
    """All that is pending, the oldest first.

    Args:
        clock: Tells the time, in seconds.

    Attributes:
        seconds: How long each can be taken back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds: float = SECONDS
        self._clock = clock
        self._pending: list[Pending] = []
        self._held_at: float | None = None

    def __len__(self) -> int:
        """Return how many are pending."""
        return len(self._pending)

    def begin(self, words: str, do: Callable[[], Awaitable[None]]) -> None:
        """Let something be done when the seconds are over."""
        self._pending.append(Pending(words, self._now() + self.seconds, do))

    def take_back(self) -> Pending | None:
        """Forget what was confirmed last, and return it; None if there is nothing."""
        return self._pending.pop() if self._pending else None

    def due(self) -> list[Pending]:
        """Return what is to be done now; it cannot be taken back any more."""
        now = self._now()
        due = [pending for pending in self._pending if pending.due <= now]
        self._pending = [pending for pending in self._pending if pending.due > now]
        return due

    def hold(self) -> None:
        """Let no second pass until `go_on`."""
        if self._held_at is None:
            self._held_at = self._clock()

    def go_on(self) -> None:
        """Let the seconds pass again."""
        if self._held_at is not None:
            passed, self._held_at = self._clock() - self._held_at, None
            self._pending = [p._replace(due=p.due + passed) for p in self._pending]

    def sentence(self) -> str:
        """Say what will be done, and when; empty if that is nothing."""
        if not self._pending:
            return ""
        now = self._now()
        parts = [f"{p.words} in {max(1, math.ceil(p.due - now))} s" for p in self._pending]
        last = "it" if len(parts) == 1 else "the last"
        return f"{', '.join(parts)} — z takes {last} back"

    def _now(self) -> float:
        return self._clock() if self._held_at is None else self._held_at
