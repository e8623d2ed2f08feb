"""Jobs that download results."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from trio_batches import DownloadProgress, download
from tui.engine.job import Job
from tui.engine.wording import batches, command

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trio_batches import BatchDownload
    from tui.engine.job import Desk, Item
    from tui.job_views import JobKind

__all__ = ("DownloadJob",)


class DownloadJob(Job):
    """Brings results into verified files. Cancelling keeps the parts for the next one.

    Attributes:
        progress: The download's own account of itself.
    """

    kind: ClassVar[JobKind] = "download"
    fetches: ClassVar[bool] = True

    def __init__(self, batch_ids: Iterable[str]) -> None:
        super().__init__(batch_ids)
        self.progress: DownloadProgress = DownloadProgress()

    @property
    @override
    def words(self) -> str:
        return f"Download {batches(tuple(self.items))}"

    @property
    @override
    def cli(self) -> str:
        return command("download", self.items)

    @override
    async def work(self, desk: Desk) -> None:
        await download(
            desk.client,
            self.waiting(),
            desk.home.results,
            ledger=desk.ledger,
            progress=self.progress,
        )
        if self.progress.stopped_by is not None:
            raise self.progress.stopped_by

    @override
    def look(self) -> None:
        for entry in self.progress.batches.values():
            item = self.items[entry.batch_id]
            if not item.ended:
                item.lines, item.expected, item.bytes = entry.lines, entry.expected, entry.bytes
                self.follow(item, entry)

    def follow(self, item: Item, entry: BatchDownload) -> None:
        """Let an item say how far its download is."""
        match entry.state:
            case "running":
                item.state = "running"
            case "downloaded":
                item.finish("done", "verified")
            case "present":
                item.finish("done", "was here already, verified")
            case "failed":
                item.finish("failed", entry.error)
            case "waiting" | "interrupted":
                pass

    @override
    def leave(self, item: Item, sentence: str | None) -> None:
        super().leave(item, sentence)
        if item.bytes:
            item.sentence = f"{sentence or 'stopped'}; what has come is kept for the next download"

    @override
    def part_of(self, batch_id: str) -> Path | None:
        entry = self.progress.batches.get(batch_id)
        return None if entry is None else entry.path

    @property
    @override
    def received(self) -> int:
        return self.progress.received

    @override
    def bytes_left(self) -> int | None:
        return self.progress.bytes_needed()

    @override
    def again(self) -> Job | None:
        return DownloadJob(self.unfinished())
