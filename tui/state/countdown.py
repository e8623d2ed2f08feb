"""What was confirmed and is not done yet: for some seconds it can be taken back."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Literal, NamedTuple, final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ("Countdowns", "Pending", "Why")

SECONDS = 5.0

LEAST = 2.0
"""Seconds that are left after a hold, to take back what was held."""

Why = Literal["leaving", "suspended", "typing"]
"""What holds: the user is asked about it, is elsewhere, or types, so that no letter takes back."""


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
        key: What takes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds: float = SECONDS
        self.key: str = "z"
        self._clock = clock
        self._pending: list[Pending] = []
        self._held: set[Why] = set()
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
        if self._held:
            return []
        now = self._clock()
        due = [pending for pending in self._pending if pending.due <= now]
        self._pending = [pending for pending in self._pending if pending.due > now]
        return due

    def hold(self, why: Why) -> None:
        """Let no second pass until `go_on`."""
        if not self._held:
            self._held_at = self._clock()
        self._held.add(why)

    def go_on(self, why: Why) -> None:
        """Let the seconds pass again, unless something else holds them."""
        self._held.discard(why)
        if self._held_at is not None and not self._held:
            now = self._clock()
            passed, self._held_at = now - self._held_at, None
            least = now + min(LEAST, self.seconds)
            self._pending = [p._replace(due=max(p.due + passed, least)) for p in self._pending]

    def sentence(self) -> str:
        """Say what will be done, and when; empty if that is nothing."""
        if not self._pending:
            return ""
        now = self._now()
        parts = [f"{p.words} in {max(1, math.ceil(p.due - now))} s" for p in self._pending]
        last = "it" if len(parts) == 1 else "the last"
        what, back = ", ".join(parts), f"{self.key} takes {last} back"
        if "typing" in self._held:
            return f"Held while you type: {what} — then {back}"
        return f"{what} — {back}"

    def _now(self) -> float:
        return self._clock() if self._held_at is None else self._held_at
