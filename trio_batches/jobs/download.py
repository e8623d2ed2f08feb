"""Download the results of many batches into verified files."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Iterable, Sequence
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import (
    APIStatusError,
    AuthenticationError,
    BillingError,
    BusyError,
    PermissionDeniedError,
    SpendLimitError,
    StorageError,
    TrioBatchesError,
)
from trio_batches.jobs.fetch import Fetch
from trio_batches.jobs.forecast import forecast
from trio_batches.jobs.outcomes import Outcomes
from trio_batches.jobs.pace import Meter, steer
from trio_batches.jobs.progress import BatchDownload, DownloadProgress
from trio_batches.protocol.many import refuse_lone_text
from trio_batches.store.disk import fails_all
from trio_batches.store.results_folder import ResultsFolder
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.store.compression import Compression
    from trio_batches.store.ledger import Ledger
    from trio_batches.types import MessageBatch

__all__ = ("download",)

_log = logging.getLogger("trio_batches")

_Batches = Iterable["str | MessageBatch"] | AsyncIterable["str | MessageBatch"]

_HOPELESS = (
    AuthenticationError,
    BillingError,
    PermissionDeniedError,
    SpendLimitError,
)
"""What fails one batch like this would fail all of them."""

WRITING_SECONDS = 5.0
"""How long the outcomes of an interrupted job may take to be written down."""


async def download(  # noqa: PLR0913  # each is a choice of its own
    client: Client,
    batches: Iterable[str | MessageBatch] | AsyncIterable[str | MessageBatch],
    folder: Path,
    *,
    concurrency: int | None = None,
    ledger: Ledger | None = None,
    compression: Compression | None = None,
    sync: bool = True,
    recheck: bool = False,
    start_before: float = float("inf"),
    progress: DownloadProgress | None = None,
) -> DownloadProgress:
    """Download results into `<folder>/<batch id>.jsonl`, with a receipt beside each.

    A file has its final name only when every result that the batch counts is in
    it, once; it is synced to the disk before its receipt is written. A batch
    whose verified file is there already costs no request. What an interrupted
    download left is taken over. One batch's failure does not stop the others,
    unless it would be theirs too: a refused key, a spend limit, a full disk, a
    folder that nothing can be written into.

    Of a sequence, the batches whose results the service will drop first are
    fetched first; an iterator's are fetched in its order. A batch that another
    process is fetching into the same folder is left to it: if it is there in the
    end, it counts as `present`, else it has failed with a `BusyError`. What became
    of each batch is appended to `<folder>/manifest.jsonl`.

    Args:
        client: An open client.
        batches: Ids, or batches as `list()` gives them, which saves a request each.
        folder: Where the files go; made, and private, if it is not there.
        concurrency: How many batches at a time; None to find out what is best.
        ledger: Where to record the verified files, too.
        compression: Write `<batch id>.jsonl.gz` or `<batch id>.jsonl.zst` instead.
            What is there already is left as it is.
        sync: Wait until each file would survive a power failure.
        recheck: Hash files that are there already, instead of comparing size and time.
        start_before: The moment, on Trio's clock, after which no download begins;
            those that run then are finished.
        progress: Updated while the job runs; give one to look at it meanwhile.

    Returns:
        The progress, complete: every batch with its receipt or its error.

    Raises:
        StorageError: The folder cannot be made.
        ConfigurationError: A package for the compression is missing.
        ValueError: The concurrency is less than 1.

    What an iterable of batches raises comes out too, but for the library's own
    errors: those let the downloads that run finish, and are in the progress.

    Cancelling keeps what has come so far for the next run; what has come whole is
    completed first.
    """
    if concurrency is not None and concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}: at least 1 batch at a time")
    refuse_lone_text(batches, "batches to download")
    results = ResultsFolder(folder, compression=compression, sync=sync)
    await trio.to_thread.run_sync(results.make)
    progress = DownloadProgress() if progress is None else progress
    meter = Meter()
    job = _Download(
        Fetch(client, results, progress, meter, recheck=recheck),
        Outcomes(folder, ledger),
        progress,
        start_before,
    )
    if isinstance(batches, Sequence):
        await _warn_of_a_full_disk(folder, batches)
    async with open_hidden_nursery() as nursery:
        if concurrency is not None:
            job.set_concurrency(concurrency)
        else:
            nursery.start_soon(
                steer, job.limiter, meter, lambda: client.slowdowns, job.set_concurrency
            )
        await job.run(batches)
        nursery.cancel_scope.cancel()
    return progress


@final
class _Download:
    """Takes up batch after batch while there are slots free.

    Attributes:
        limiter: Has a token for each batch that may be streamed at a time.
    """

    def __init__(
        self, fetch: Fetch, outcomes: Outcomes, progress: DownloadProgress, start_before: float
    ) -> None:
        self.limiter = trio.CapacityLimiter(1)
        self._ahead = trio.CapacityLimiter(1)
        """Batches that are looked up while they wait for one of those tokens."""
        self._fetch = fetch
        self._outcomes = outcomes
        self._progress = progress
        self._start_before = start_before
        self._scope = trio.CancelScope()
        self._taken: set[str] = set()
        self._busy: list[tuple[BatchDownload, BusyError]] = []

    def set_concurrency(self, concurrency: int) -> None:
        self.limiter.total_tokens = self._ahead.total_tokens = concurrency
        self._progress.concurrency = concurrency

    async def run(self, batches: _Batches) -> None:
        try:
            with self._scope:
                async with open_hidden_nursery() as nursery:
                    await self._hand_out(batches, nursery)
                for entry, error in self._busy:
                    await self._look_again(entry, error)
        finally:
            with trio.move_on_after(WRITING_SECONDS, shield=True):
                await self._write_down(*self._interrupted())

    def _interrupted(self) -> Iterable[BatchDownload]:
        for entry in self._progress.batches.values():
            if entry.state in ("waiting", "running"):
                entry.state = "interrupted"
                yield entry

    async def _hand_out(self, batches: _Batches, nursery: trio.Nursery) -> None:
        with trio.move_on_at(self._start_before) as time:
            try:
                if isinstance(batches, AsyncIterable):
                    async for batch in batches:
                        await self._take_up(batch, nursery)
                else:
                    for batch in self._in_order(batches):
                        await self._take_up(batch, nursery)
            except TrioBatchesError as error:  # what is running may still finish
                self._progress.stopped_by = error
            else:
                self._progress.listed = True
        if time.cancelled_caught:
            self._progress.ended_early = True

    def _in_order(self, batches: Iterable[str | MessageBatch]) -> Iterable[str | MessageBatch]:
        """Return the oldest batches of a sequence first, and let the progress know all of them."""
        if not isinstance(batches, Sequence):
            return batches
        ordered = sorted(batches, key=_age)
        for batch in ordered:
            self._enter(batch)
        self._progress.listed = True
        return ordered

    def _enter(self, batch: str | MessageBatch) -> BatchDownload:
        if isinstance(batch, str):
            return self._progress.batches.setdefault(batch, BatchDownload(batch))
        new = BatchDownload(batch.id, expected=batch.request_counts.total)
        return self._progress.batches.setdefault(batch.id, new)

    async def _take_up(self, batch: str | MessageBatch, nursery: trio.Nursery) -> None:
        entry = self._enter(batch)
        if entry.batch_id not in self._taken:
            self._taken.add(entry.batch_id)
            await self._ahead.acquire_on_behalf_of(entry)
            nursery.start_soon(self._work, batch, entry)

    async def _work(self, batch: str | MessageBatch, entry: BatchDownload) -> None:
        try:
            await self._bring(batch, entry)
        except BusyError as error:
            self._busy.append((entry, error))
        except TrioBatchesError as error:
            self._fail(entry, error)
        if entry.state not in ("waiting", "running"):
            await self._write_down(entry)

    async def _bring(self, batch: str | MessageBatch, entry: BatchDownload) -> None:
        try:
            found = await self._fetch.look(batch, entry)
            slot = None if found is None else await self._slot(entry)
        finally:
            self._ahead.release_on_behalf_of(entry)
        if found is not None and slot is not None:
            try:
                await self._fetch.run(found, entry, slot.release)
            finally:
                slot.release()

    async def _slot(self, entry: BatchDownload) -> _Slot | None:
        """Wait for a token; None if the time in which downloads may begin is up."""
        with trio.move_on_at(self._start_before):
            await self.limiter.acquire_on_behalf_of(entry)
            return _Slot(self.limiter, entry)
        self._progress.ended_early = True
        return None

    async def _look_again(self, entry: BatchDownload, error: BusyError) -> None:
        """See whether the other process has fetched a batch meanwhile."""
        try:
            if not await self._fetch.is_there(entry):
                self._fail(entry, error)
        except StorageError as unreadable:
            self._fail(entry, unreadable)
        await self._write_down(entry)

    def _fail(self, entry: BatchDownload, error: TrioBatchesError) -> None:
        entry.state, entry.error = "failed", error
        if isinstance(error, APIStatusError):
            entry.request_id = error.request_id
        if self._fails_all(error):
            self._stop(error)

    def _fails_all(self, error: TrioBatchesError) -> bool:
        if isinstance(error, StorageError):
            return fails_all(error, self._fetch.folder)
        return isinstance(error, _HOPELESS)

    def _stop(self, error: TrioBatchesError) -> None:
        self._progress.stopped_by = error
        self._scope.cancel()

    async def _write_down(self, *entries: BatchDownload) -> None:
        try:
            await self._outcomes.add(entries)
        except StorageError as error:
            self._stop(error)


@final
class _Slot:
    """A token of a limiter, given back once."""

    def __init__(self, limiter: trio.CapacityLimiter, holder: BatchDownload) -> None:
        self._limiter: trio.CapacityLimiter | None = limiter
        self._holder = holder

    def release(self) -> None:
        limiter, self._limiter = self._limiter, None
        if limiter is not None:
            limiter.release_on_behalf_of(self._holder)


def _age(batch: str | MessageBatch) -> float:
    """Sort by when the service drops the results; what is not known comes last."""
    return float("inf") if isinstance(batch, str) else batch.created_at.timestamp()


async def _warn_of_a_full_disk(folder: Path, batches: Sequence[str | MessageBatch]) -> None:
    """Say so at the start when what is known of the batches will not fit."""
    lines = sum(0 if isinstance(batch, str) else batch.request_counts.total for batch in batches)
    if not lines:
        return
    seen = await trio.to_thread.run_sync(forecast, folder)
    needed = seen.bytes(lines)
    if needed is not None and needed > seen.free:
        _log.warning(
            "%s: the results may take %s bytes, and %s are free",
            folder,
            f"{needed:,}",
            f"{seen.free:,}",
        )
