"""What the screens are told of jobs: frozen values, made anew whenever something has changed."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = ("ItemState", "ItemView", "JobKind", "JobState", "JobView", "JobsRead")

JobKind: TypeAlias = Literal[
    "download", "watch", "cancel", "delete", "download and delete", "submit", "resubmit"
]

JobState: TypeAlias = Literal["running", "done", "failed", "cancelled"]
"""A job has `failed` if one of its items has."""

ItemState: TypeAlias = Literal["waiting", "running", "done", "failed", "cancelled"]


class ItemView(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that a job does something with."""

    key: str
    """Unique in its job."""

    batch_id: str | None
    """The batch that it is about; None while there is none yet."""

    state: ItemState
    sentence: str
    """What is being done, came out, or went wrong."""

    lines: int
    """Results, or requests, so far."""

    expected: int
    """How many there will be; 0 while that is unknown, or where nothing is counted."""

    bytes: int


class JobView(Struct, frozen=True, kw_only=True, gc=False):
    """How far a job is."""

    id: int
    """Later jobs have greater ones."""

    kind: JobKind
    words: str
    """What it does, such as `Download 12 batches`."""

    cli: str
    """The command that does the same."""

    state: JobState
    began_at: datetime
    ended_at: datetime | None
    sentence: str
    """The latest of it: what is being waited for, or why it stopped."""

    waiting: int
    running: int
    done: int
    failed: int
    cancelled: int
    lines: int
    """Results, or requests, of all items."""

    bytes: int
    speed: float | None
    """Bytes a second over the wire, of the last seconds; None where nothing is fetched."""

    seconds_left: float | None
    """None where nobody can tell."""

    @property
    def total(self) -> int:
        """The number of its items."""
        return self.waiting + self.running + self.done + self.failed + self.cancelled


class JobsRead(Struct, frozen=True):
    """The jobs of this session."""

    jobs: tuple[JobView, ...]
    """In the order in which they began."""
