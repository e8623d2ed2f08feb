"""How far a job is: plain objects that the job updates and anyone may look at.

A job never waits for whoever shows its progress: look as often as a screen
needs, ten times a second at the most.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from trio_batches.errors import TrioBatchesError
    from trio_batches.store.receipt import Receipt

__all__ = ("BatchDownload", "DownloadProgress", "DownloadState")

DownloadState = Literal["waiting", "running", "downloaded", "present", "failed", "interrupted"]
"""`present` is a batch whose verified file was there already."""


@dataclass(eq=False, slots=True)
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

    attempts: int = 0
    """How often its results were asked for."""

    request_id: str | None = None
    """What to quote to the service's support, once an answer has been read to its end."""

    started: datetime | None = None
    """When it was taken up."""

    part: Path | None = None
    """The file that grows; None until it is begun."""

    folder: Path | None = None
    """Where the verified file is; None until it is there."""

    receipt: Receipt | None = None
    """The proof, once the state is `downloaded` or `present`."""

    error: TrioBatchesError | None = None
    """Why it failed."""

    @property
    def path(self) -> Path | None:
        """The verified file, or else the one that grows; None until it is begun or found."""
        if self.folder is None or self.receipt is None:
            return self.part
        return self.folder / self.receipt.file

    def accept(self, receipt: Receipt, folder: Path, state: DownloadState) -> None:
        """Note that the verified file is there."""
        self.state, self.receipt, self.expected = state, receipt, receipt.lines
        self.lines, self.bytes = receipt.lines, receipt.bytes
        self.folder, self.part = folder, None


@dataclass(eq=False)
class DownloadProgress:
    """The download of many batches."""

    batches: dict[str, BatchDownload] = field(default_factory=dict[str, BatchDownload])
    """By id, in the order in which they were taken up."""

    listed: bool = False
    """Whether all batches are known by now."""

    concurrency: int = 0
    """How many batches may be under way at a time, as of now."""

    received: int = 0
    """Bytes that came over the wire."""

    ended_early: bool = False
    """Whether the time was up in which downloads could begin."""

    stopped_by: TrioBatchesError | None = None
    """What made it senseless to go on with any batch, such as a full disk."""

    def count(self, *states: DownloadState) -> int:
        """Return how many batches are in one of the states."""
        return sum(batch.state in states for batch in self.batches.values())

    @property
    def lines(self) -> int:
        """Results in files so far."""
        return sum(batch.lines for batch in self.batches.values())

    def bytes_needed(self) -> int | None:
        """Return how many bytes are still to come, as far as can be told; None if it cannot.

        Batches whose size is known yet are reckoned with the length that the
        lines of the others have had so far.
        """
        entries = self.batches.values()
        lines = sum(entry.lines for entry in entries)
        if not lines:
            return None
        missing = sum(max(0, entry.expected - entry.lines) for entry in entries)
        return missing * sum(entry.bytes for entry in entries) // lines

    def results(self) -> dict[str, int]:
        """Return how many results of each type the verified files hold."""
        total: dict[str, int] = {}
        for batch in self.batches.values():
            for kind, count in (batch.receipt.counts if batch.receipt else {}).items():
                total[kind] = total.get(kind, 0) + count
        return total
