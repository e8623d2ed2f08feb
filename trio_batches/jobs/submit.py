"""Submit requests as batches, each of them once, whatever happens on the way."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import trio

from trio_batches.errors import AlreadySubmittedError
from trio_batches.jobs.intake import Intake
from trio_batches.jobs.reconcile import read_watermark
from trio_batches.jobs.sending import Sending
from trio_batches.store.disk import exclusive
from trio_batches.store.ledger_rows import Intent
from trio_batches.store.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from trio_batches.client import Client
    from trio_batches.jobs.intake import Plan, Source
    from trio_batches.jobs.submission import Submission
    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger

__all__ = ("plan_submission", "resume", "submit")

_OPEN = ("planned", "sent", "ambiguous")


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
    folder = _spool_folder(home)
    try:
        return await _read(sources, folder, anthropic_version)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    progress: Submission | None = None,
) -> Submission:
    """Submit requests as one batch or more, cut by count and by size.

    All requests are checked before any is sent. What is about to be sent is
    written into the ledger first, so that neither a lost reply nor the end of
    this process leads to a second batch: a create without a clear answer is
    looked for in the list of batches, and adopted, or sent again only when it
    has not turned up for minutes. Run again with the same requests, a
    submission that was interrupted is continued.

    Args:
        client: An open client.
        ledger: An open ledger of this home.
        home: Where the requests are kept.
        sources: JSONL files, open binary ones, or iterables of requests.
        label: The user's name for the batches.
        keep: Keep the requests as `requests/<batch id>.jsonl`, to join results with.
        again: Submit requests that have been submitted before.
        parents: The batches whose requests are sent again.
        concurrency: How many creates at a time.
        progress: Updated while the job runs.

    Raises:
        InvalidRequestsError: Some would be refused; it names all of them.
        AlreadySubmittedError: These requests are in batches already, and not `again`.
        BusyError: Another process is submitting the same requests.
        StorageError: The disk is full or failing; nothing more is sent.

    Cancelling leaves what is not sent yet for the next run. A create that was on
    its way is looked for then.
    """
    folder = _spool_folder(home)
    try:
        plan = await _read(sources, folder, client.anthropic_version)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sha256 = hashlib.sha256("".join(c.sha256 for c in plan.chunks).encode()).hexdigest()
    sending = Sending(client, ledger, home, keep=keep, progress=progress)
    with exclusive(_lock(home, sha256)):
        intents = await ledger.intents_of_input(sha256)
        if any(intent.state in _OPEN for intent in intents):
            shutil.rmtree(folder, ignore_errors=True)  # the first run's files are there
        else:
            done = [intent.batch_id for intent in intents if intent.batch_id is not None]
            if done and not again:
                shutil.rmtree(folder, ignore_errors=True)
                raise AlreadySubmittedError(done)
            intents = await _write_down(client, ledger, plan, sha256, label, parents)
        return await sending.run(intents, concurrency)


async def resume(  # noqa: PLR0913  # those of submit
    client: Client,
    ledger: Ledger,
    home: Home,
    *,
    keep: bool = True,
    concurrency: int = 2,
    progress: Submission | None = None,
) -> Submission:
    """Settle and send whatever earlier submissions left open.

    The arguments, errors and cancelling are those of `submit`.
    """
    sending = Sending(client, ledger, home, keep=keep, progress=progress)
    submissions: dict[str, list[Intent]] = {}
    for intent in await ledger.open_intents():
        submissions.setdefault(intent.input_sha256 or intent.submission, []).append(intent)
    for sha256, intents in submissions.items():
        with exclusive(_lock(home, sha256)):
            await sending.run(intents, concurrency)
    return sending.progress


async def _write_down(  # noqa: PLR0913, PLR0917  # what an intent consists of
    client: Client,
    ledger: Ledger,
    plan: Plan,
    sha256: str,
    label: str | None,
    parents: Sequence[str],
) -> list[Intent]:
    watermark = await read_watermark(client)
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
            sha256=chunk.sha256,
            label=label,
            parents=tuple(parents),
            watermark=msgspec.json.encode(watermark).decode(),
        )
        for chunk in plan.chunks
    ]
    await ledger.plan(intents)
    return intents


async def _read(sources: Iterable[Source], folder: Path, anthropic_version: str) -> Plan:
    spool = await trio.to_thread.run_sync(Spool, folder)
    try:
        return await Intake(spool, anthropic_version=anthropic_version).read(sources)
    finally:
        spool.close()


def _spool_folder(home: Home) -> Path:
    return home.requests / f"incoming-{uuid4().hex}"


def _lock(home: Home, sha256: str) -> Path:
    return home.requests / f"{sha256[:32]}.lock"
