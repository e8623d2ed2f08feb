"""Jobs that cancel batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from trio_batches import encode
from tui.engine.job import Job
from tui.engine.wording import batches, command

if TYPE_CHECKING:
    from tui.engine.job import Desk
    from tui.job_views import JobKind

__all__ = ("CancelJob",)


class CancelJob(Job):
    """Asks the service to cancel; what runs in a batch already still finishes."""

    kind: ClassVar[JobKind] = "cancel"
    writes: ClassVar[bool] = True

    @property
    @override
    def words(self) -> str:
        return f"Cancel {batches(tuple(self.items))}"

    @property
    @override
    def cli(self) -> str:
        return command("cancel", self.items)

    @override
    async def work(self, desk: Desk) -> None:
        async def cancel(batch_id: str) -> str:
            batch = await desk.client.messages.batches.cancel(batch_id)
            await desk.ledger.save_batches([(batch, encode(batch))])
            await desk.ledger.record("canceled", batch_id)
            return "ended" if batch.ended else "is being cancelled"

        await self.each(cancel)
