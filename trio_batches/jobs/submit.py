"""Submit requests as batches, each of them once, whatever happens on the way."""

from __future__ import annotations

from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import trio

from trio_batches.errors import BusyError
from trio_batches.jobs.earlier import ancestors_of, check_kept, to_continue
from trio_batches.jobs.intake import Intake
from trio_batches.jobs.leftovers import remake, tidy
from trio_batches.jobs.queue import QUEUE_LIMIT
from trio_batches.jobs.reconcile import read_watermark
from trio_batches.jobs.sending import Sending
from trio_batches.jobs.submission import ChunkProgress, Submission
from trio_batches.store.disk import make_folder
from trio_batches.store.input_lock import hold_input, name_of_input
from trio_batches.store.ledger_rows import Intent
from trio_batches.store.spool import Spool

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

    from trio_batches.client import Client
    from trio_batches.jobs.intake import Plan, Source
    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger

__all__ = ("open_spool", "plan_submission", "resume", "submit")

CLOSING_SECONDS = 60.0
"""How long removing files may take when the task is already cancelled."""


async def plan_submission(sources: Iterable[Source], home: Home, *, anthropic_version: str) -> Plan:
    """Check requests and say what batches they would become; nothing is sent or kept.

    Args:
        sources: JSONL files, open binary ones, or iterables of requests.
        home: Has the room for them meanwhile.
        anthropic_version: The API version that the batches would be created with.

    Raises:
        InvalidRequestsError: Some would be refused; it names all of them.
        StorageError: A file cannot be read, or the disk is full.
    """
    async with open_spool(home, keep=True) as spool:
        return await Intake(spool, anthropic_version=anthropic_version).read(sources)


async def submit(  # noqa: PLR0913  # each is a choice of its own
    client: Client,
    ledger: Ledger,
    home: Home,
    sources: Iterable[Source],
    *,
    label: str | None = None,
    keep: bool = True,
    again: bool = False,
    parents: Sequence[str] = (),
    concurrency: int = 2,
    queue_limit: int = QUEUE_LIMIT,
    progress: Submission | None = None,
) -> Submission:
    """Submit requests as one batch or more, cut by count and by size.

    All requests are checked before any is sent. What is about to be sent is
    written into the ledger first, so that neither a lost reply nor the end of
    this process leads to a second batch: a create without a clear answer is
    looked for in the list of batches, and adopted, or sent again only when it
    has not turned up for minutes. Run again with the same requests in the same
    order, a submission that was interrupted is continued, and what the service
    refused of it is sent once more.

    It takes the service's list at its word: a batch that appears in it later
    than three minutes after the loss of its reply is made twice; thirteen minutes
    after its create, if the process ended before there could be a reply.
    Submissions from other homes, and batches of other programs that have the same
    number of requests and are made in the same moment, it cannot tell from its own
    until they have ended.

    Args:
        client: An open client.
        ledger: An open ledger of this home.
        home: Where the requests are kept.
        sources: JSONL files, open binary ones, or iterables of requests.
        label: The user's name for the batches; of a submission that is continued, for
            those that are not made yet.
        keep: Keep the requests as `requests/<batch id>.jsonl`, to join results with.
        again: Submit requests that have been submitted before. A submission that is
            still open is continued nevertheless.
        parents: The batches whose requests are sent again.
        concurrency: How many creates at a time.
        queue_limit: Requests that the workspace may have unfinished at a time; by
            default, what the service's lowest tier allows.
        progress: Updated while the job runs.

    Raises:
        InvalidRequestsError: Some would be refused; it names all of them.
        AlreadySubmittedError: These requests are in batches already, and not `again`.
        BusyError: Another process is submitting the same requests.
        APIStatusError: The service refused to list batches; nothing was sent.
        TransportError: The service was not reached; nothing was sent.
        StorageError: The disk is full or failing, or has no file locks; nothing was sent.

    What single batches fail with is in the result. Cancelling leaves what is not
    sent yet for the next run. A create that was on its way is looked for then.
    """
    progress = Submission() if progress is None else progress
    sending = Sending(client, ledger, home, keep=keep, progress=progress, queue_limit=queue_limit)
    async with open_spool(home, keep=keep) as spool:
        plan = await Intake(spool, anthropic_version=client.anthropic_version).read(sources)
        await tidy(ledger, home)
        with hold_input(home, spool.sha256):
            ancestors = await ancestors_of(ledger, parents)
            intents = await to_continue(ledger, spool.sha256, ancestors, again=again)
            if intents:
                if label is not None:
                    await ledger.relabel(intents[0].submission, label)
                await trio.to_thread.run_sync(remake, home, intents, plan.chunks)
                await _close(spool)  # it may be hours until everything is sent
            else:
                if not again:
                    await check_kept(home, plan.chunks, ancestors)
                intents = await _write_down(client, ledger, plan, spool.sha256, label, parents)
                spool.hand_over()
            return await sending.run(intents, concurrency)


async def resume(  # noqa: PLR0913  # those of submit
    client: Client,
    ledger: Ledger,
    home: Home,
    *,
    keep: bool = True,
    concurrency: int = 2,
    queue_limit: int = QUEUE_LIMIT,
    progress: Submission | None = None,
) -> Submission:
    """Settle and send whatever earlier submissions left open.

    What another process is at work on is left to it, with a `BusyError` in the
    result. The arguments, errors and cancelling are those of `submit`.
    """
    progress = Submission() if progress is None else progress
    sending = Sending(client, ledger, home, keep=keep, progress=progress, queue_limit=queue_limit)
    await trio.to_thread.run_sync(make_folder, home.requests)
    await tidy(ledger, home)
    inputs: dict[str, list[Intent]] = {}
    for intent in await ledger.open_intents():
        inputs.setdefault(name_of_input(intent), []).append(intent)
    with ExitStack() as locks:
        for sha256, intents in list(inputs.items()):
            try:
                locks.enter_context(hold_input(home, sha256))
            except BusyError as error:
                progress.chunks += [_left_to_others(intent, error) for intent in intents]
                del inputs[sha256]
        # As they are now that nobody else can change them.
        ours = [intent for intent in await ledger.open_intents() if name_of_input(intent) in inputs]
        return await sending.run(ours, concurrency)


def _left_to_others(intent: Intent, error: BusyError) -> ChunkProgress:
    return ChunkProgress(
        intent.chunk, intent.n_requests, intent.n_bytes or 0, state="open", error=error
    )


async def _write_down(  # noqa: PLR0913, PLR0917  # what an intent consists of
    client: Client,
    ledger: Ledger,
    plan: Plan,
    sha256: str,
    label: str | None,
    parents: Sequence[str],
) -> list[Intent]:
    watermark = (await read_watermark(client)).text()
    submission, now = uuid4().hex, datetime.now(UTC)
    intents = [
        Intent(
            id=uuid4().hex,
            submission=submission,
            chunk=chunk.number,
            at=now,
            input_path=chunk.path,
            input_sha256=sha256,
            n_requests=chunk.requests,
            n_bytes=chunk.bytes,
            label=label,
            parents=tuple(parents),
            watermark=watermark,
        )
        for chunk in plan.chunks
    ]
    await ledger.plan(intents)
    return intents


@asynccontextmanager
async def open_spool(home: Home, *, keep: bool) -> AsyncGenerator[Spool]:
    """Make a spool, and close it whatever happens.

    Should this process end before, the next submission removes what is in its folder.
    """
    spool = await trio.to_thread.run_sync(lambda: Spool(home.requests, keep=keep))
    try:
        yield spool
    finally:
        await _close(spool)  # noqa: ASYNC102  # shielded, with a deadline, in there


async def _close(spool: Spool) -> None:
    with trio.move_on_after(CLOSING_SECONDS, shield=True):
        await trio.to_thread.run_sync(spool.close)
