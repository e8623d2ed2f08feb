"""What Trio tells the screens: frozen values, each the whole truth about its subject."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from trio_batches import KnownBatch
from tui.job_views import JobsRead

__all__ = ("BatchesRead", "Event", "Link", "LinkState", "Note", "NotesRead")

LinkState: TypeAlias = Literal["connecting", "online", "offline", "refused"]
"""`offline` is tried again, `refused` needs the user: a key, a permission, another setting."""


class BatchesRead(Struct, frozen=True):
    """The batches that the ledger knows."""

    batches: list[KnownBatch]
    """Newest first; those that the service no longer has are left out."""

    parts: frozenset[str]
    """The ids of those whose download was begun and is not finished."""


class Link(Struct, frozen=True, kw_only=True):
    """How it stands with the service."""

    state: LinkState
    service: str = ""
    """Its base URL."""

    workspace: str = ""
    """The workspace that was asked for; empty where the key decides."""

    refreshed_at: datetime | None = None
    """When it last answered."""

    sentence: str = ""
    """What is wrong, and what to do."""


class Note(Struct, frozen=True, kw_only=True):
    """Something that the library says of its work, such as that it tries again."""

    number: int
    """Counts up."""

    at: datetime
    text: str
    is_call: bool = False
    """Whether it is a call of the service and its outcome: `GET /v1/models: 200 in 12 ms`."""


class NotesRead(Struct, frozen=True):
    """The latest notes, the newest last."""

    notes: tuple[Note, ...]


Event: TypeAlias = BatchesRead | JobsRead | Link | NotesRead
