"""One simulated batch: what it was given, and what it looks like at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from trio_batches.simulator.clock import write_time
from trio_batches.simulator.dice import Shuffle, roll_dice
from trio_batches.simulator.mixture import CANCELED, EXPIRED, Mixture

if TYPE_CHECKING:
    from trio_batches.simulator.exchange import Script

__all__ = ("ARCHIVE_SECONDS", "EXPIRY_SECONDS", "SimulatedBatch")

EXPIRY_SECONDS = 24 * 3600.0
"""What is not done a day after the create expires."""

ARCHIVE_SECONDS = 29 * 24 * 3600.0
"""Results are kept for 29 days from the create."""


class _Counts(msgspec.Struct):
    processing: int
    succeeded: int
    errored: int
    canceled: int
    expired: int


class _BatchView(msgspec.Struct):
    """A batch as the service writes it, key order included."""

    id: str
    type: str
    processing_status: str
    request_counts: _Counts
    ended_at: str | None
    created_at: str
    expires_at: str
    archived_at: str | None
    cancel_initiated_at: str | None
    results_url: str | None


@dataclass(slots=True)
class SimulatedBatch:
    """A batch whose state is a function of time; only a cancel changes it.

    Attributes:
        number: The how-manieth batch of its world it is; seeds its chances.
        mixture: How its requests end, unless something stops it before.
        ends_at: When it ends, in seconds since 1970.
        custom_ids: Those of the create; `request-0000000` and so on if absent.
        script: What its requests ask and what is answered; made-up text if absent.
        faults: Requests by index that fail for their params: error type and message.
        visible_at: Before this, asking for it is answered with 404.
        listed_at: Before this, lists do not show it.
        downloads: How often its results were asked for.
    """

    id: str
    number: int
    created_at: float
    mixture: Mixture
    ends_at: float
    model: str
    result_bytes: int
    seed: str
    custom_ids: list[bytes] | None = None
    script: Script | None = None
    faults: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    cancel_initiated_at: float | None = None
    visible_at: float = 0.0
    listed_at: float = 0.0
    downloads: int = 0
    _written: tuple[object, msgspec.Raw] | None = None

    def __post_init__(self) -> None:
        """Let what would take more than a day expire."""
        if self.ends_at > self.expires_at:
            part = EXPIRY_SECONDS / (self.ends_at - self.created_at)
            self.mixture = self.mixture.stop(part, EXPIRED)
            self.ends_at = self.expires_at

    @property
    def key(self) -> tuple[float, int]:
        """Its place among all batches, oldest first."""
        return (self.created_at, self.number)

    @property
    def size(self) -> int:
        """The number of its requests."""
        return self.mixture.total

    @property
    def expires_at(self) -> float:
        """When it ends at the latest."""
        return self.created_at + EXPIRY_SECONDS

    @property
    def slots(self) -> Shuffle:
        """Which slot of the mixture each request has."""
        return Shuffle(self.size, roll_dice(self.seed, "slots"))

    @property
    def outcome(self) -> Mixture:
        """The counts once it has ended."""
        if not self.faults:
            return self.mixture
        slots = self.slots
        return self.mixture.move_to_errored([slots[index] for index in self.faults])

    def has_ended(self, now: float) -> bool:
        """Tell whether its results are there, or were."""
        return now >= self.ends_at

    def is_archived(self, now: float) -> bool:
        """Tell whether its results are gone."""
        return now >= self.created_at + ARCHIVE_SECONDS

    def cancel(self, now: float, seconds: float) -> None:
        """Begin to cancel: what is not done by now will be `canceled` in some seconds."""
        if self.cancel_initiated_at is not None:
            return
        planned = self.ends_at - self.created_at
        self.mixture = self.mixture.stop((now - self.created_at) / planned, CANCELED)
        self.cancel_initiated_at = now
        self.ends_at = min(self.expires_at, now + seconds)

    def write(self, now: float, results_url: str) -> msgspec.Raw:
        """Return what the service shows of it, as JSON.

        Args:
            now: The world's time.
            results_url: Where its results are, for when there are some; `{id}` is its id.
        """
        # Written once for each state: lists of 1,000 are what the service is asked for most.
        state = (self.has_ended(now), self.is_archived(now), self.cancel_initiated_at, results_url)
        if self._written is None or self._written[0] != state:
            view = self._view(now, results_url.replace("{id}", self.id))
            self._written = (state, msgspec.Raw(msgspec.json.encode(view)))
        return self._written[1]

    def _view(self, now: float, results_url: str) -> _BatchView:
        ended = self.has_ended(now)
        counts = self.outcome if ended else Mixture()
        running = "in_progress" if self.cancel_initiated_at is None else "canceling"
        return _BatchView(
            id=self.id,
            type="message_batch",
            processing_status="ended" if ended else running,
            request_counts=_Counts(
                0 if ended else self.size,
                counts.succeeded,
                counts.errored,
                counts.canceled,
                counts.expired,
            ),
            ended_at=write_time(self.ends_at) if ended else None,
            created_at=write_time(self.created_at),
            expires_at=write_time(self.expires_at),
            archived_at=self._archived_at(now),
            cancel_initiated_at=(
                None if self.cancel_initiated_at is None else write_time(self.cancel_initiated_at)
            ),
            results_url=results_url if ended and not self.is_archived(now) else None,
        )

    def _archived_at(self, now: float) -> str | None:
        return write_time(self.created_at + ARCHIVE_SECONDS) if self.is_archived(now) else None
