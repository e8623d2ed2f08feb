"""Jobs that wait until batches have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from trio_batches import TrioBatchesError, watch
from tui.engine.job import Job
from tui.engine.wording import batches, command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_batches import MessageBatch, Polled
    from tui.engine.job import Desk
    from tui.job_views import JobKind

__all__ = ("WatchJob",)


class WatchJob(Job):
    """Waits, at the service's own pace; what is told of a batch goes into the ledger."""

    kind: ClassVar[JobKind] = "watch"

    def __init__(self, batch_ids: Iterable[str]) -> None:
        super().__init__(batch_ids)
        self.claims = frozenset()  # it touches nothing

    @property
    @override
    def words(self) -> str:
        return f"Watch {batches(tuple(self.items))}"

    @property
    @override
    def cli(self) -> str:
        return command("watch", self.items)

    @override
    async def work(self, desk: Desk) -> None:
        async def changed(look: Polled) -> None:
            await desk.ledger.save_batches([(look.batch, look.raw)])
            self._note(look.batch)

        for item in self.items.values():
            item.state = "running"
        expected = await desk.ledger.known_ids(gone=False)
        outcomes = await watch(desk.client, self.items, changed, expected=expected)
        for batch_id, outcome in outcomes.items():
            if isinstance(outcome, TrioBatchesError):
                self.items[batch_id].finish("failed", outcome)

    def _note(self, batch: MessageBatch) -> None:
        item = self.items[batch.id]
        counts = batch.request_counts
        item.expected = counts.total
        if batch.ended:
            item.lines = counts.total
            failed = counts.total - counts.succeeded
            item.finish("done", f"{counts.succeeded:,} succeeded, {failed:,} did not")
            self.sentence = f"{batch.id} has ended: {item.sentence}"
        else:
            item.sentence = batch.processing_status.replace("_", " ")

    @override
    def again(self) -> Job | None:
        return WatchJob(self.unfinished())
