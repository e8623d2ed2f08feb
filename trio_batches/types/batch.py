"""Batches as the service describes them.

Source: Message Batches API reference.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ("DeletedMessageBatch", "MessageBatch", "RequestCounts")

_Moment = Annotated[datetime, Meta(tz=True)]


class RequestCounts(Struct, frozen=True, gc=False, kw_only=True):
    """How many requests of one batch are in each state.

    They add up to the batch's size at every moment. All but `processing` stay 0
    until the whole batch has ended, so they do not show progress.

    Source: Message Batches API reference, `request_counts`.
    """

    processing: int
    """Requests not finished yet; 0 once the batch has ended."""
    succeeded: int
    """Requests with an answer."""
    errored: int
    """Requests that failed; they are not billed."""
    canceled: int
    """Requests that a cancel reached before the model did; they are not billed."""
    expired: int
    """Requests that were not begun within 24 hours; they are not billed."""

    @property
    def total(self) -> int:
        """The number of requests in the batch."""
        return self.processing + self.succeeded + self.errored + self.canceled + self.expired

    def results(self) -> dict[str, int]:
        """Return how many results of each type an ended batch has, by the type's wire name."""
        return {
            "succeeded": self.succeeded,
            "errored": self.errored,
            "canceled": self.canceled,
            "expired": self.expired,
        }


class MessageBatch(Struct, frozen=True, gc=False, kw_only=True):
    """One batch of requests.

    Source: Message Batches API reference, the MessageBatch object.
    """

    id: str
    """The batch's id, such as `msgbatch_013Zva2CMHLNnXjNJJKqJ2EF`; its form may change."""
    type: Literal["message_batch"] = "message_batch"
    """Always `message_batch`."""
    processing_status: str
    """`in_progress`, `canceling` or `ended`; cancelled and expired batches end as `ended` too."""
    request_counts: RequestCounts
    """How many requests are in each state."""
    ended_at: _Moment | None = None
    """When the last request was done; None until then."""
    created_at: _Moment
    """When the service took the batch."""
    expires_at: _Moment
    """When what is not done yet expires: 24 hours after `created_at`."""
    archived_at: _Moment | None = None
    """When the results were removed; None while they are kept."""
    cancel_initiated_at: _Moment | None = None
    """When a cancel was asked for; None if it never was."""
    results_url: str | None = None
    """Where the results are; None until the batch has ended."""

    @property
    def ended(self) -> bool:
        """Whether nothing of the batch can change any more."""
        return self.processing_status == "ended"


class DeletedMessageBatch(Struct, frozen=True, gc=False, kw_only=True):
    """What is left of a batch that was deleted."""

    id: str
    """The deleted batch's id."""
    type: Literal["message_batch_deleted"] = "message_batch_deleted"
    """Always `message_batch_deleted`."""
