"""Send the requests of batches again that have no answer."""

from __future__ import annotations

import hashlib
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import AlreadySubmittedError
from trio_batches.jobs.download import download
from trio_batches.jobs.joining import Failures, Joining, read_failures, read_requests
from trio_batches.jobs.submission import Submission
from trio_batches.jobs.submit import open_spool, submit
from trio_batches.protocol.many import refuse_lone_text
from trio_batches.store.input_lock import hold_input

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent
    from trio_batches.store.receipt import Receipt

__all__ = ("Resubmission", "resubmit")

_log = logging.getLogger("trio_batches")


@dataclass(eq=False)
class Resubmission:
    """Failed requests of some batches, and the batches that they become."""

    parents: tuple[str, ...]
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    """How many requests are sent again, by how they had failed."""

    invalid: int = 0
    """Further ones whose parameters the service has refused: they would only fail again."""

    sent_before: int = 0
    """Further ones that an earlier resubmission has sent again."""

    submission: Submission = field(default_factory=Submission)
    """The new batches; none where nothing had failed, or nothing was to be sent yet."""

    @property
    def requests(self) -> int:
        """How many requests are sent again."""
        return sum(self.kinds.values())


async def resubmit(  # noqa: PLR0913  # each is a choice of its own
    client: Client,
    ledger: Ledger,
    home: Home,
    batch_ids: Sequence[str],
    *,
    include_invalid: bool = False,
    again: bool = False,
    dry_run: bool = False,
    label: str | None = None,
    folder: Path | None = None,
    concurrency: int = 2,
    progress: Resubmission | None = None,
) -> Resubmission:
    """Submit what failed, expired or was cancelled in some batches, as new ones.

    The requests come from the inputs that `submit` kept, the failures from
    verified results, which are downloaded first where they are missing. What was
    answered is not sent, and what an earlier resubmission has sent is not sent
    again: to try once more what failed in that one, name its batches. The ledger
    remembers the parents. As with `submit`, nothing is sent twice, whatever is
    lost or interrupted.

    Args:
        client: An open client.
        ledger: An open ledger of this home.
        home: Where the inputs are kept.
        batch_ids: Ended batches.
        include_invalid: Also requests whose parameters the service has refused.
        again: Also requests that an earlier resubmission has sent.
        dry_run: Only count them.
        label: The user's name for the new batches; by default that of the old
            ones, if they have one in common.
        folder: Where the results are; by default in the home.
        concurrency: How many creates at a time.
        progress: Updated while the job runs.

    Raises:
        UnjoinableError: Inputs are missing, or cannot be told apart; it names
            every reason, and nothing was sent.
        AlreadySubmittedError: An earlier resubmission has sent all of it.
        BatchNotEndedError: A batch still runs.
        BusyError: Another process resubmits one of them.
        TrioBatchesError: Results that are missing could not be downloaded.
        StorageError: The disk is full or failing.

    What the new batches fail with is in `submission`. Cancelling leaves what is
    not sent yet for `resume`.
    """
    refuse_lone_text(batch_ids, "batches to resubmit")
    parents = tuple(dict.fromkeys(batch_ids))
    job = Resubmission(parents) if progress is None else progress
    receipts = await _receipts(client, ledger, folder or home.results, parents)
    async with open_spool(home, keep=False) as spool, AsyncExitStack() as stack:
        for parent in () if dry_run else sorted(parents):
            # Else two at once would both find that its requests were not sent again yet.
            name = hashlib.sha256(parent.encode()).hexdigest()
            stack.enter_context(hold_input(home, name))
        path = spool.folder / "again.jsonl"
        work = _Collecting(ledger, home, folder or home.results, job)
        await work.run(receipts, path, include_invalid=include_invalid, again=again)
        if job.requests and not dry_run:
            await submit(
                client,
                ledger,
                home,
                [path],
                label=label or await _common_label(ledger, parents),
                again=again,
                parents=parents,
                concurrency=concurrency,
                progress=job.submission,
            )
    return job


@final
class _Collecting:
    """Finds the requests to send again, batch after batch."""

    def __init__(self, ledger: Ledger, home: Home, folder: Path, job: Resubmission) -> None:
        self._ledger = ledger
        self._home = home
        self._folder = folder
        self._job = job
        self._children: list[str] = []

    async def run(
        self, receipts: Sequence[Receipt], path: Path, *, include_invalid: bool, again: bool
    ) -> None:
        joining = await trio.to_thread.run_sync(Joining, path)
        try:
            for receipt in receipts:
                read = partial(
                    read_failures, self._folder, receipt, include_invalid=include_invalid
                )
                failures = await trio.to_thread.run_sync(read)
                self._job.invalid += failures.invalid
                if not again:
                    await self._leave_out_what_was_sent(receipt.batch_id, failures, joining)
                kept = self._kept(receipt.batch_id)
                await trio.to_thread.run_sync(joining.add, receipt.batch_id, kept, failures.kinds)
            await trio.to_thread.run_sync(joining.finish)
        finally:
            joining.close()
        self._job.kinds = dict(joining.kinds)
        if self._job.sent_before and not self._job.kinds:
            raise AlreadySubmittedError(self._children)

    async def _leave_out_what_was_sent(
        self, batch_id: str, failures: Failures, joining: Joining
    ) -> None:
        """Forget the failures that an earlier resubmission has sent again."""
        for intent in await self._ledger.intents_of_parent(batch_id):
            fault = await self._leave_out(batch_id, intent, failures)
            if fault is not None:
                joining.faults.append(f"{batch_id}: {fault}")

    async def _leave_out(self, batch_id: str, intent: Intent, failures: Failures) -> str | None:
        if intent.open:
            return "an earlier resubmission of it is not finished: finish it with `submit --resume`"
        child = intent.batch_id
        if child is None:
            return None  # it came to nothing
        kept = self._kept(child)
        if not await trio.to_thread.run_sync(kept.exists):
            return f"it was sent again as {child}, but which of its requests were was not kept"
        if child not in self._children:
            self._children.append(child)
        sent = await trio.to_thread.run_sync(read_requests, kept)
        others = [
            await self._requests_of(parent) for parent in intent.parents if parent != batch_id
        ]
        own = await self._requests_of(batch_id) if others else {}
        for custom_id, digest in sent.items():
            is_anothers = own.get(custom_id) != digest and any(
                other.get(custom_id) == digest for other in others
            )
            if not is_anothers and failures.kinds.pop(custom_id, None) is not None:
                self._job.sent_before += 1
        return None

    async def _requests_of(self, batch_id: str) -> dict[str, bytes]:
        """Return the hashes of a batch's requests; none where they were not kept."""
        kept = self._kept(batch_id)
        if not await trio.to_thread.run_sync(kept.exists):
            return {}  # which is said when they are looked for
        return await trio.to_thread.run_sync(read_requests, kept)

    def _kept(self, batch_id: str) -> Path:
        return self._home.requests / f"{batch_id}.jsonl"


async def _receipts(
    client: Client, ledger: Ledger, folder: Path, batch_ids: Sequence[str]
) -> list[Receipt]:
    """Return the receipts of verified results, which are downloaded if they are not there."""
    progress = await download(client, batch_ids, folder, ledger=ledger)
    receipts: list[Receipt] = []
    for entry in progress.batches.values():
        if entry.error is not None:
            raise entry.error
        if entry.state == "downloaded":
            _log.warning("%s: its results were not here, so they were downloaded", entry.batch_id)
        assert entry.receipt is not None  # noqa: S101  # what has no error is there
        receipts.append(entry.receipt)
    return receipts


async def _common_label(ledger: Ledger, batch_ids: Sequence[str]) -> str | None:
    known = await ledger.labels(batch_ids)
    names = {known[batch_id].label if batch_id in known else None for batch_id in batch_ids}
    return names.pop() if len(names) == 1 else None
