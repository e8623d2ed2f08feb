"""How far a job is: plain objects that the job updates and anyone may look at.

A job never waits for whoever shows its progress: look as often as a screen
needs, ten times a second at the most.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from trio_batches.errors import TrioBatchesError
    from trio_batches.store.receipt import Receipt

__all__ = ("BatchDownload", "DownloadProgress", "DownloadState")

DownloadState = Literal["waiting", "running", "downloaded", "present", "failed", "interrupted"]
"""`present` is a batch whose verified file was there already."""


@dataclass(eq=False)
class BatchDownload:
    """The download of one batch."""

    batch_id: str
    state: DownloadState = "waiting"
    expected: int = 0
    """Results that the batch has; 0 while that is unknown."""

    lines: int = 0
    """Results in the file so far, those of an earlier, interrupted download included."""

    bytes: int = 0
    """Bytes in the file so far."""

    received: int = 0
    """Bytes that came over the wire in this download."""

    receipt: Receipt | None = None
    """The proof, once the state is `downloaded` or `present`."""

    error: TrioBatchesError | None = None
    """Why it failed."""


@dataclass(eq=False)
class DownloadProgress:
    """The download of many batches."""

    batches: dict[str, BatchDownload] = field(default_factory=dict[str, BatchDownload])
    """By id, in the order in which they were taken up."""

    listed: bool = False
    """Whether all batches are known by now."""

    stopped_by: TrioBatchesError | None = None
    """What made it senseless to go on with any batch, such as a full disk."""

    def count(self, *states: DownloadState) -> int:
        """Return how many batches are in one of the states."""
        return sum(batch.state in states for batch in self.batches.values())

    @property
    def received(self) -> int:
        """Bytes that came over the wire."""
        return sum(batch.received for batch in self.batches.values())

    @property
    def lines(self) -> int:
        """Results in files so far."""
        return sum(batch.lines for batch in self.batches.values())

    def results(self) -> dict[str, int]:
        """Return how many results of each type the verified files hold."""
        total: dict[str, int] = {}
        for batch in self.batches.values():
            for kind, count in (batch.receipt.counts if batch.receipt else {}).items():
                total[kind] = total.get(kind, 0) + count
        return total
