"""Results that are not there, not yet, or not whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.errors.root import TrioBatchesError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("BatchNotEndedError", "IncompleteResultsError", "NotVerifiedError", "ResultsGoneError")


class IncompleteResultsError(TrioBatchesError):
    """The results do not match what the batch's counts promise.

    Attributes:
        batch_id: The batch.
        expected: How many results of each type the ended batch counts.
        received: How many arrived, each `custom_id` counted once.
    """

    def __init__(
        self, batch_id: str, *, expected: Mapping[str, int], received: Mapping[str, int]
    ) -> None:
        self.batch_id = batch_id
        self.expected: dict[str, int] = dict(expected)
        self.received: dict[str, int] = dict(received)
        differing = [
            f"{kind} {self.received.get(kind, 0):,} of {self.expected.get(kind, 0):,}"
            for kind in sorted(self.expected.keys() | self.received.keys())
            if self.received.get(kind, 0) != self.expected.get(kind, 0)
        ]
        super().__init__(
            f"{batch_id}: results do not match the batch's counts: {', '.join(differing)}"
        )


class BatchNotEndedError(TrioBatchesError):
    """The batch still runs, and has no results yet.

    Attributes:
        batch_id: The batch.
        status: Its `processing_status`.
    """

    def __init__(
        self, batch_id: str, status: str, what: str = "its results come when it has ended"
    ) -> None:
        self.batch_id = batch_id
        self.status = status
        super().__init__(f"{batch_id} is {status}: {what}")


class ResultsGoneError(TrioBatchesError):
    """The batch has ended, but the service keeps its results no longer.

    Attributes:
        batch_id: The batch.
    """

    def __init__(self, batch_id: str, reason: str) -> None:
        self.batch_id = batch_id
        super().__init__(f"{batch_id}: {reason}")


class NotVerifiedError(TrioBatchesError):
    """A batch was to be deleted whose results have no verified copy; nothing was deleted.

    Attributes:
        batch_id: The batch.
    """

    def __init__(self, batch_id: str, folder: str) -> None:
        self.batch_id = batch_id
        super().__init__(
            f"{batch_id}: {folder} holds no verified copy of its results: nothing was deleted"
        )
