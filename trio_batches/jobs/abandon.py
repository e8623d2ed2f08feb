"""Give up what a submission left open and nothing can settle."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import trio

from trio_batches.store.disk import make_folder
from trio_batches.store.input_lock import hold_input
from trio_batches.store.kept_requests import chunk_path, set_aside

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent

__all__ = ("Abandoned", "abandon")

_GIVEN_UP = "given up by the user"


class Abandoned(msgspec.Struct, frozen=True, kw_only=True):
    """A create that was given up."""

    chunk: int
    """Its place in the submission, counted from 0."""

    requests: int
    """How many requests the batch has, if it exists."""

    sent_at: datetime | None
    """When it was sent: from then on the batch may exist, and be paid for. None if it never was."""

    path: str | None
    """The file that keeps the requests; None if they were not to be kept."""


async def abandon(ledger: Ledger, home: Home, submission: str) -> list[Abandoned]:
    """Give up the creates of a submission that are open; those that are settled stay.

    Nothing is asked of the service or cancelled there. A create that was sent
    without a clear answer may have made a batch, which runs, and is paid for;
    nobody looks for it any more. Its requests are set aside, in a file that can
    be submitted anew; the same input as before needs `again` for that.

    Args:
        ledger: An open ledger of this home.
        home: Where the requests are kept.
        submission: Its id, as in `Intent.submission`.

    Returns:
        What was given up, by chunk; empty if nothing was open.

    Raises:
        BusyError: Another process is at work on the submission.
        StorageError: The disk is full or failing.

    Cancelling leaves the rest open; giving up once more does no harm.
    """
    intents = await ledger.intents_of_submission(submission)
    if not intents:
        return []
    await trio.to_thread.run_sync(make_folder, home.requests)
    with hold_input(home, intents[0]):
        # As they are now that nobody else can change them.
        current = await ledger.intents_of_submission(submission)
        return [await _give_up(ledger, home, intent) for intent in current if intent.open]


async def _give_up(ledger: Ledger, home: Home, intent: Intent) -> Abandoned:
    kept: Path | None = None
    with trio.CancelScope(shield=True):  # three short steps that belong together
        if intent.state == "sent":  # by a process that has ended since
            await ledger.mark_ambiguous(intent.id, _GIVEN_UP)
        await ledger.abandon(intent.id, _GIVEN_UP)
        if intent.input_path is not None:
            path = chunk_path(home, intent)
            kept = await trio.to_thread.run_sync(set_aside, home, path, intent.id)
    return Abandoned(
        chunk=intent.chunk,
        requests=intent.n_requests,
        sent_at=intent.sent_at,
        path=None if kept is None else str(kept),
    )
