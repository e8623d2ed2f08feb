"""What the ledger knows, as it hands it out."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from trio_batches.store.receipt import Receipt
from trio_batches.types import RequestCounts

__all__ = ("Download", "Event", "Intent", "IntentState", "KnownBatch", "Label")

IntentState = Literal["planned", "sent", "confirmed", "ambiguous", "failed", "abandoned"]
"""`planned` before the POST, `sent` while no answer is known; the others are how it ended."""


class KnownBatch(Struct, frozen=True, gc=False, array_like=True):
    """A batch as the ledger last saw it, light enough to list a hundred thousand.

    What the service said of it, whole, is what `Ledger.raw` and
    `Ledger.message_batches` return.
    """

    id: str
    """The batch's id."""
    status: str
    """Its `processing_status` when it was last seen."""
    created_at: datetime
    """When the service took it."""
    ended_at: datetime | None
    """When it ended; None until then."""
    expires_at: datetime
    """When what is not done yet expires."""
    archived_at: datetime | None
    """When the service removed its results; None while it keeps them."""
    cancel_initiated_at: datetime | None
    """When a cancel was asked for."""
    processing: int
    """Requests not finished yet."""
    succeeded: int
    """Requests with an answer."""
    errored: int
    """Requests that failed."""
    canceled: int
    """Requests that a cancel reached first."""
    expired: int
    """Requests that were not begun in time."""
    seen_at: datetime
    """When the service was last asked; of an ended batch, when it last said something new."""
    gone_at: datetime | None
    """When it was found deleted; None while the service has it."""
    verified_at: datetime | None
    """When a verified copy of its results was last recorded; None if there is none."""
    label: str | None
    """The user's name for it."""
    note: str | None
    """The user's note on it."""

    @property
    def ended(self) -> bool:
        """Whether nothing of the batch can change any more."""
        return self.status == "ended"

    @property
    def total(self) -> int:
        """The number of requests in the batch."""
        return self.processing + self.succeeded + self.errored + self.canceled + self.expired

    @property
    def request_counts(self) -> RequestCounts:
        """How many requests are in each state."""
        return RequestCounts(
            processing=self.processing,
            succeeded=self.succeeded,
            errored=self.errored,
            canceled=self.canceled,
            expired=self.expired,
        )


class Label(Struct, frozen=True, gc=False):
    """What the user wrote on a batch, whether the ledger has seen that batch or not."""

    label: str | None = None
    """The user's name for it."""
    note: str | None = None
    """The user's note on it."""

    def texts(self) -> dict[str, str]:
        """Return what there is of the two, by its name."""
        both = {"label": self.label, "note": self.note}
        return {name: text for name, text in both.items() if text is not None}


class Intent(Struct, frozen=True, kw_only=True):
    """A create that is about to be sent, written down before it is.

    What a submission finds here after a crash tells it what may exist already.
    """

    id: str
    """Unique for ever, such as a UUID."""
    submission: str
    """The submission whose chunk it is."""
    chunk: int = 0
    """The chunk's number in its submission, from 0."""
    at: datetime
    """When it was planned."""
    input_path: str | None = None
    """Where the requests come from."""
    input_sha256: str | None = None
    """The hash of the whole input: tells that it was submitted before."""
    n_requests: int
    """How many requests the batch will have: what to look for in the list."""
    n_bytes: int | None = None
    """The length of the body."""
    sha256: str | None = None
    """The hash of the chunk's own requests."""
    first_ids: tuple[str, ...] = ()
    """The first `custom_id`s, to recognise the batch by once it has ended."""
    label: str | None = None
    """The label that the batch gets when it is confirmed."""
    state: IntentState = "planned"
    """How far it has come."""
    batch_id: str | None = None
    """The batch, once confirmed."""
    parents: tuple[str, ...] = ()
    """The batches whose requests are sent again."""
    sent_at: datetime | None = None
    """When it was last sent."""
    watermark: str | None = None
    """The newest batch of the workspace before anything was sent, as JSON."""
    reason: str | None = None
    """Why it is ambiguous, failed or abandoned."""

    @property
    def open(self) -> bool:
        """Whether it is to be sent, or what came of it is to be settled."""
        return self.state in {"planned", "sent", "ambiguous"}


class Download(Struct, frozen=True, kw_only=True):
    """A verified copy of a batch's results."""

    batch_id: str
    """The batch."""
    dest: str
    """The folder that holds the file and its receipt, absolute."""
    receipt: Receipt
    """What was counted."""


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened, for people to read later."""

    id: int
    """Later events have greater ones."""
    at: datetime
    """When it was recorded."""
    kind: str
    """One word for what happened, such as `submitted`."""
    batch_id: str | None
    """The batch it happened to, if it was one."""
    detail: str | None
    """More of it, in words or JSON."""
