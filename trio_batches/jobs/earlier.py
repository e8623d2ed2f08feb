"""What was submitted before: what goes on, and what would be paid for twice."""

from __future__ import annotations

import filecmp
import os
from typing import TYPE_CHECKING

import trio

from trio_batches.errors import AlreadySubmittedError
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from trio_batches.store import Home
    from trio_batches.store.chunk import Chunk
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent

__all__ = ("ancestors_of", "check_kept", "to_continue")


async def ancestors_of(ledger: Ledger, parents: Iterable[str]) -> set[str]:
    """Return batches whose requests are sent again, and those that they came from in turn."""
    found: set[str] = set()
    to_look_at = list(parents)
    while to_look_at:
        batch_id = to_look_at.pop()
        if batch_id not in found:
            found.add(batch_id)
            intent = await ledger.intent_of_batch(batch_id)
            to_look_at += () if intent is None else intent.parents
    return found


async def to_continue(
    ledger: Ledger, sha256: str, ancestors: Collection[str], *, again: bool
) -> list[Intent]:
    """Return the submission of this input that is not over; none if there is none.

    Args:
        ledger: An open ledger.
        sha256: The hash of the input.
        ancestors: Batches whose requests are sent again, which do not count.
        again: Whether requests that were submitted may be submitted again.

    Raises:
        AlreadySubmittedError: It is over, and not `again`.
    """
    submissions: dict[str, list[Intent]] = {}
    for intent in await ledger.intents_of_input(sha256):
        submissions.setdefault(intent.submission, []).append(intent)
    for intents in submissions.values():
        if any(intent.open for intent in intents):
            return await _with_refused(ledger, intents)
    if again:
        return []
    others = [
        [intent for intent in intents if intent.batch_id not in ancestors]
        for intents in submissions.values()
    ]
    if not any(intents and all(map(_may_be_a_batch, intents)) for intents in others):
        for intents in others:
            if any(intent.state == "failed" for intent in intents):
                return await _with_refused(ledger, intents)
    settled = [intent for intents in others for intent in intents if _may_be_a_batch(intent)]
    if settled:
        raise AlreadySubmittedError(
            [intent.batch_id for intent in settled if intent.batch_id],
            given_up=[
                intent.sent_at.isoformat(timespec="seconds")
                for intent in settled
                if intent.batch_id is None and intent.sent_at is not None
            ],
        )
    return []


def _may_be_a_batch(intent: Intent) -> bool:
    """Tell whether an intent is one, or was sent and given up before that could be told."""
    given_up = intent.state == "abandoned" and intent.sent_at is not None
    return intent.batch_id is not None or given_up


async def _with_refused(ledger: Ledger, intents: list[Intent]) -> list[Intent]:
    """Let what the service refused of a submission be sent once more."""
    for intent in intents:
        if intent.state == "failed":
            await ledger.retry_refused(intent.id)
    return await ledger.intents_of_submission(intents[0].submission)


async def check_kept(home: Home, chunks: Iterable[Chunk], ancestors: Collection[str]) -> None:
    """Look for requests among those that were kept, whatever file they came from then.

    Args:
        home: Where requests are kept.
        chunks: The requests.
        ancestors: Batches whose requests are sent again, which do not count.

    Raises:
        AlreadySubmittedError: A chunk is just what a batch was made of.
    """
    kept = await trio.to_thread.run_sync(_find_kept, home, chunks)
    if others := [name for name in kept if name not in ancestors]:
        raise AlreadySubmittedError(others)


def _find_kept(home: Home, chunks: Iterable[Chunk]) -> list[str]:
    """Return the batches whose requests, kept here, are those of a chunk."""
    by_size: dict[int, list[str]] = {}
    for chunk in chunks:
        by_size.setdefault(chunk.bytes + chunk.requests, []).append(chunk.path)
    with storage_errors(home.requests), os.scandir(home.requests) as entries:
        return [
            entry.name.removesuffix(".jsonl")
            for entry in entries
            if entry.name.endswith(".jsonl")
            and any(
                filecmp.cmp(path, entry.path, shallow=False)
                for path in by_size.get(_size(entry), ())
            )
        ]


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except FileNotFoundError:  # it was removed meanwhile, or leads nowhere
        return -1
