"""Requests that are not sent, or may have been."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.errors.root import TrioBatchesError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = (
    "AlreadySubmittedError",
    "AmbiguousCreateError",
    "InvalidRequestsError",
    "UnjoinableError",
    "UnsettledSubmissionError",
)


class InvalidRequestsError(TrioBatchesError):
    """Requests that the service would refuse; nothing was sent.

    Attributes:
        faults: One sentence for each bad request, with its place and its reason.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults: tuple[str, ...] = tuple(faults)
        first, more = self.faults[0], len(self.faults) - 1
        super().__init__(f"{first} (and {more:,} more)" if more else first)


class UnjoinableError(InvalidRequestsError):
    """Failed requests whose inputs cannot be found, or not told apart; nothing was sent."""


class AmbiguousCreateError(TrioBatchesError):
    """A create was sent and no clear answer came back: the batch may exist and be paid for.

    Look for it before sending the requests again: list the newest batches and
    compare their total count and `created_at` with the attributes below.

    Attributes:
        request_count: How many requests the batch would have.
        sent_at: When the create was sent, in RFC 3339.
    """

    def __init__(self, reason: str, *, request_count: int, sent_at: str) -> None:
        self.request_count = request_count
        self.sent_at = sent_at
        super().__init__(
            f"no clear answer to a create of {request_count:,} requests sent at {sent_at}: "
            f"{reason}; "
            f"it may exist: list the newest batches and look for one with "
            f"{request_count:,} requests before sending them again"
        )


class AlreadySubmittedError(TrioBatchesError):
    """The same requests have been submitted before; nothing was sent.

    Attributes:
        batch_ids: The batches that they became.
        given_up: When creates were sent, in RFC 3339, that were given up before it
            was clear what came of them: their batches may exist.
    """

    def __init__(self, batch_ids: Sequence[str], *, given_up: Sequence[str] = ()) -> None:
        self.batch_ids: tuple[str, ...] = tuple(batch_ids)
        self.given_up: tuple[str, ...] = tuple(given_up)
        made = [f"as {', '.join(batch_ids)}"] if batch_ids else []
        lost = (
            [f"in creates sent at {', '.join(given_up)} and given up, whose batches may exist"]
            if given_up
            else []
        )
        super().__init__(
            f"the same requests have been submitted already, {' and '.join(made + lost)}: "
            f"nothing was sent"
        )


class UnsettledSubmissionError(TrioBatchesError):
    """A reply was lost, and it cannot be told yet what came of the create; nothing was sent again.

    Attributes:
        batch_ids: The batches that it may be; none if this is not the workspace it was sent to.
        submission: The id of the submission, to give it up by.
    """

    def __init__(self, requests: int, batch_ids: Sequence[str], *, submission: str) -> None:
        self.batch_ids: tuple[str, ...] = tuple(batch_ids)
        self.submission: str = submission
        found = (
            f"it may have made any of {', '.join(batch_ids)}: resume the submission when these "
            f"have ended, and their results tell which"
            if batch_ids
            else "no batch that was in the workspace then is in this one: "
            "resume the submission with the key that began it"
        )
        super().__init__(
            f"the reply to a create of {requests:,} requests was lost, and {found}; "
            f"nothing was sent again"
        )
