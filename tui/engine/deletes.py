"""Jobs that delete batches from the service, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import trio
from typing_extensions import override

from trio_batches import NotFoundError, NotVerifiedError, ResultsFolder, remove
from tui.engine.downloads import DownloadJob
from tui.engine.job import Job
from tui.engine.wording import batches, command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trio_batches import BatchDownload
    from tui.engine.job import Desk, Item
    from tui.job_views import JobKind

__all__ = ("DeleteJob", "DownloadAndDeleteJob")

DELETING = "deleting"
DOWNLOADED = "downloaded and verified; deleted once all are here"
NOTING_SECONDS = 1.0
"""How long writing down what is deleted may take in a job that is cancelled already."""


class DeleteJob(Job):
    """Deletes ended batches.

    Args:
        copies: For each batch the folder that holds a verified copy of its results,
            without which it is not deleted; None for one that may be deleted without.
    """

    kind: ClassVar[JobKind] = "delete"
    writes: ClassVar[bool] = True

    def __init__(self, copies: Mapping[str, Path | None]) -> None:
        super().__init__(copies)
        self._copies = copies

    @property
    @override
    def words(self) -> str:
        return f"Delete {batches(tuple(self.items))}"

    @property
    @override
    def cli(self) -> str:
        unverified = ("--unverified",) if None in self._copies.values() else ()
        return command("delete", self.items, *unverified)

    @override
    async def work(self, desk: Desk) -> None:
        async def delete(batch_id: str) -> str:
            self.items[batch_id].sentence = DELETING
            return await _delete(desk, batch_id, self._copies[batch_id])

        await self.each(delete)

    @override
    def leave(self, item: Item, sentence: str | None) -> None:
        _leave(item, sentence)


class DownloadAndDeleteJob(DownloadJob):
    """Deletes batches once their own files are here, and have been read and hashed again.

    What cannot be downloaded or verified stays on the service; a full disk, or a
    key that is refused, keeps all of them there.
    """

    kind: ClassVar[JobKind] = "download and delete"
    writes: ClassVar[bool] = True

    @property
    @override
    def words(self) -> str:
        return f"Download, verify and delete {batches(tuple(self.items))}"

    @property
    @override
    def cli(self) -> str:
        ids = tuple(self.items)
        return f"{command('download', ids, '--checksum')} && {command('delete', ids)}"

    @override
    async def work(self, desk: Desk) -> None:
        async def delete(batch_id: str) -> str:
            self.items[batch_id].sentence = DELETING
            folder = desk.home.results
            results = ResultsFolder(folder)
            if await trio.to_thread.run_sync(lambda: results.held(batch_id, deep=True)) is None:
                raise NotVerifiedError(batch_id, str(folder))
            return await _delete(desk, batch_id, folder)

        await super().work(desk)
        self.look()
        held = (key for key, entry in self.progress.batches.items() if entry.receipt is not None)
        await self.each(delete, held)

    @override
    def again(self) -> Job | None:
        return None

    @override
    def follow(self, item: Item, entry: BatchDownload) -> None:
        if entry.receipt is None:
            super().follow(item, entry)
        elif item.sentence != DELETING:
            item.state, item.sentence = "running", DOWNLOADED

    @override
    def leave(self, item: Item, sentence: str | None) -> None:
        if item.sentence in {DELETING, DOWNLOADED}:
            _leave(item, sentence)
        else:
            super().leave(item, sentence)


async def _delete(desk: Desk, batch_id: str, folder: Path | None) -> str:
    """Delete a batch, write that down, and say what came of it.

    Args:
        desk: What to do it with.
        batch_id: The batch.
        folder: Where a verified copy must be; None to delete it without one.

    Raises:
        TrioBatchesError: It was not deleted.
    """
    try:
        await remove(desk.client, batch_id, folder or desk.home.results, unverified=folder is None)
    except NotFoundError:
        await desk.ledger.mark_gone([batch_id])
        return "the service did not have it any more"
    with trio.move_on_after(NOTING_SECONDS, shield=True):
        await desk.ledger.mark_gone([batch_id])
        copy = "without a copy" if folder is None else f"a verified copy is in {folder}"
        await desk.ledger.record("deleted", batch_id, copy)
    return "deleted"


def _leave(item: Item, sentence: str | None) -> None:
    """Say of a batch in an unfinished job whether it may have been deleted."""
    if item.sentence == DELETING:
        word = "stopped while the request was on its way: it may be deleted"
    else:
        word = "not deleted"
    item.finish(
        "failed" if sentence else "cancelled", f"{word}{f': {sentence}' if sentence else ''}"
    )
