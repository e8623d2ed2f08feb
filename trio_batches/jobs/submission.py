"""How far a submission is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from trio_batches.errors import TrioBatchesError
    from trio_batches.store.ledger_rows import Intent

__all__ = ("ChunkProgress", "ChunkState", "Submission")

ChunkState = Literal["waiting", "sending", "looking", "submitted", "failed", "open"]
"""`looking` for the batch of a lost reply; `open` is what another run has to settle."""


@dataclass(eq=False)
class ChunkProgress:
    """The requests of one batch."""

    number: int
    requests: int
    bytes: int
    state: ChunkState = "waiting"
    batch_id: str | None = None
    """The batch that it became."""

    adopted: bool = False
    """Whether the batch was found again after its reply had been lost."""

    error: TrioBatchesError | None = None
    """Why it failed, or is still open."""

    @classmethod
    def of(cls, intent: Intent) -> Self:
        """Return the progress that an intent has made by now."""
        chunk = cls(intent.chunk, intent.n_requests, intent.n_bytes or 0)
        if intent.state == "confirmed":
            chunk.state, chunk.batch_id = "submitted", intent.batch_id
        elif intent.state in ("failed", "abandoned"):
            chunk.state = "failed"
        return chunk


@dataclass(eq=False)
class Submission:
    """Requests that become one or more batches."""

    chunks: list[ChunkProgress] = field(default_factory=list[ChunkProgress])
    stopped_by: TrioBatchesError | None = None
    """What made it senseless to go on, such as a refused key."""

    @property
    def batch_ids(self) -> list[str]:
        """The batches that have been made, in the order of the input."""
        return [chunk.batch_id for chunk in self.chunks if chunk.batch_id is not None]

    @property
    def complete(self) -> bool:
        """Whether every request is in a batch."""
        return all(chunk.state == "submitted" for chunk in self.chunks)
