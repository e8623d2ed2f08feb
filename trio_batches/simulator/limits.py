"""Rate and spend limits."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from trio_batches.simulator.replies import RefusalError

if TYPE_CHECKING:
    from trio_batches.simulator.scenario import Scenario

__all__ = ("Limits",)

_TOO_MANY = 429
_ROUNDING = 1e-6


class Limits:
    """Counts what a world has let through, and refuses the rest."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._seen = 0
        self._spent = 0
        self._tokens = self._capacity
        self._filled_at = 0.0

    def admit(self, time: float) -> None:
        """Count one request.

        Args:
            time: The world's seconds.

        Raises:
            RefusalError: It is one too many.
        """
        self._seen += 1
        every = self._scenario.refuse_every
        if every is not None and self._seen % every == 0:
            raise self._refusal(self._scenario.refuse_seconds)
        if self._scenario.requests_per_minute is not None:
            self._take_token(time, self._scenario.requests_per_minute / 60)

    def spend(self, requests: int) -> None:
        """Count the requests of a new batch.

        Raises:
            RefusalError: They are beyond the spend limit.
        """
        limit = self._scenario.spend_limit
        if limit is not None and self._spent + requests > limit:
            raise RefusalError(
                _TOO_MANY,
                "You have reached your organization's spend limit.",
                error_code="enforced_spend_limit_reached",
            )
        self._spent += requests

    @property
    def _capacity(self) -> float:
        scenario = self._scenario
        return scenario.requests_per_minute or 0.0 if scenario.burst is None else scenario.burst

    def _take_token(self, time: float, rate: float) -> None:
        self._tokens = min(self._capacity, self._tokens + (time - self._filled_at) * rate)
        self._filled_at = time
        if self._tokens < 1 - _ROUNDING:
            raise self._refusal((1 - self._tokens) / rate)
        self._tokens -= 1

    def _refusal(self, seconds: float) -> RefusalError:
        return RefusalError(
            _TOO_MANY,
            "This request would exceed your organization's rate limit of requests per minute.",
            headers={"retry-after": str(ceil(seconds))},
        )
