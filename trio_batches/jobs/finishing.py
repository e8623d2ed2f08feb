"""Complete files: sync them, name them, and write down that they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import StorageError
from trio_batches.jobs.outcomes import manifest_line
from trio_batches.store.manifest import append_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trio_batches.jobs.progress import BatchDownload
    from trio_batches.store.claim import Claim
    from trio_batches.store.part_file import PartFile
    from trio_batches.store.results_folder import ResultsFolder
    from trio_batches.types import MessageBatch

__all__ = ("Finishing", "Whole")


@dataclass(eq=False)
class Whole:
    """A file that has all of a batch's results in it."""

    batch: MessageBatch
    entry: BatchDownload
    part: PartFile
    claim: Claim
    begun: Callable[[], None]
    """Called when its turn has come."""

    failure: StorageError | None = None
    """Why it could not be completed."""


@final
class Finishing:
    """Completes all files that wait for it together, in one worker thread.

    They share the sync of their names; and threads of their own would take turns for
    the interpreter at each of the many short calls to the same disk.
    """

    def __init__(self, folder: ResultsFolder) -> None:
        self._folder = folder
        self._waiting: list[Whole] = []
        self._turn = trio.Lock()

    async def finish(self, whole: Whole) -> None:
        """Complete a file, with those that wait by then.

        Cancelling waits for it: what is whole is not to be fetched again.

        Raises:
            StorageError: The disk is full or failing.
        """
        self._waiting.append(whole)
        with trio.CancelScope(shield=True):
            async with self._turn:
                if whole in self._waiting:
                    await self._finish_waiting()
        if whole.failure is not None:
            raise whole.failure

    async def _finish_waiting(self) -> None:
        taken, self._waiting = self._waiting, []
        for whole in taken:
            whole.begun()
        await trio.to_thread.run_sync(self._finish_all, taken)

    def _finish_all(self, taken: Sequence[Whole]) -> None:
        """Complete files. To be called in a worker thread."""
        outcomes = self._folder.complete([(whole.batch, whole.part) for whole in taken])
        done: list[Whole] = []
        for whole, outcome in zip(taken, outcomes, strict=True):
            whole.part.close()
            whole.claim.release()
            if isinstance(outcome, StorageError):
                whole.failure = outcome
            else:
                whole.entry.accept(outcome, self._folder.path, "downloaded")
                done.append(whole)
        self._write_down(done)

    def _write_down(self, done: Sequence[Whole]) -> None:
        try:
            folder = self._folder.path
            append_manifest(folder, [manifest_line(folder, whole.entry) for whole in done])
        except StorageError as error:
            for whole in done:
                whole.failure = error
