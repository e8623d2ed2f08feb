"""How many requests of a batch end in which way, and which ones."""

from __future__ import annotations

import msgspec

__all__ = ("CANCELED", "ERRORED", "EXPIRED", "SUCCEEDED", "Mixture")

SUCCEEDED, ERRORED, CANCELED, EXPIRED = "succeeded", "errored", "canceled", "expired"


class Mixture(msgspec.Struct, frozen=True):
    """The result counts of a batch.

    Requests are dealt to slots by a shuffle; the first slots succeed, then come
    the errored, canceled and expired ones. So a count needs no list of requests.
    """

    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0

    @property
    def total(self) -> int:
        """The batch's size."""
        return self.succeeded + self.errored + self.canceled + self.expired

    def kind_of(self, slot: int) -> str:
        """Return the result type of a slot."""
        if slot < self.succeeded:
            return SUCCEEDED
        if slot < self.succeeded + self.errored:
            return ERRORED
        if slot < self.total - self.expired:
            return CANCELED
        return EXPIRED

    def stop(self, fraction: float, rest: str) -> Mixture:
        """Return the mixture of a batch that was stopped after a fraction of its requests.

        Args:
            fraction: The part that still got its result, 0 to 1.
            rest: What became of the others: `canceled` or `expired`.
        """
        fraction = min(max(fraction, 0.0), 1.0)
        succeeded = int(self.succeeded * fraction)
        errored = int(self.errored * fraction)
        left = self.total - succeeded - errored
        if rest == CANCELED:
            return Mixture(succeeded, errored, canceled=left)
        return Mixture(succeeded, errored, self.canceled, left - self.canceled)

    def move_to_errored(self, slots: list[int]) -> Mixture:
        """Return the mixture with the results of some slots replaced by errors."""
        counts = msgspec.structs.asdict(self)
        for slot in slots:
            counts[self.kind_of(slot)] -= 1
            counts[ERRORED] += 1
        return Mixture(**counts)
