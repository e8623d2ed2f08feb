"""Look for the batch of a create whose reply was lost, until it is clear what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import UnsettledSubmissionError
from trio_batches.jobs.reconcile import Watermark, find_candidates, first_result
from trio_batches.store.chunk import holds_request
from trio_batches.store.kept_requests import chunk_path
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from trio_batches.client import Client
    from trio_batches.store import Home
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent
    from trio_batches.types import MessageBatch

__all__ = ("GRACE_SECONDS", "UNANSWERED", "Looking", "patience_for")

GRACE_SECONDS = 180.0
"""How long a batch may take to appear in the list before it counts as not made.

Users of the service report delays of one or two seconds.
"""

LEAST_SECONDS = 30.0
"""How long to look whatever this machine's clock says, which may have been set meanwhile."""

LOOK_SECONDS = 10.0
"""Between two looks for a batch at most; the first ones are closer to each other."""


REPLY_SECONDS = Limits().create_timeout
"""How long the service may be at work on a create whose sender has ended: as long as one waits."""

UNANSWERED = "the process ended before an answer came"
"""Why an intent is unclear that nobody has waited for."""


def patience_for(intent: Intent) -> float:
    """Return for how many seconds to look for what an earlier process has sent."""
    sent_at = intent.sent_at
    age = 0.0 if sent_at is None else (datetime.now(UTC) - sent_at).total_seconds()
    grace = GRACE_SECONDS
    if intent.reason in (None, UNANSWERED):
        grace += REPLY_SECONDS
    return min(max(grace - age, LEAST_SECONDS), grace)


@final
class Looking:
    """Finds the batches of lost replies, by number of requests and by what they hold."""

    def __init__(self, client: Client, ledger: Ledger, home: Home) -> None:
        self._client = client
        self._ledger = ledger
        self._home = home
        self._verdicts: dict[tuple[str, str], bool] = {}

    async def find(self, intent: Intent, patience: float) -> tuple[MessageBatch, bytes] | None:
        """Return the batch that an intent became, and its JSON; None if there is none.

        Args:
            intent: What was sent.
            patience: Seconds after which a batch that has not appeared was not made.

        Raises:
            UnsettledSubmissionError: It cannot be told.
        """
        # Not as it was handed over: sending may have given it another watermark.
        current = await self._ledger.find_intent(intent.id) or intent
        watermark = Watermark.read(current.watermark)
        deadline = trio.current_time() + patience
        pause = 1.0
        while True:
            search = await find_candidates(self._client, intent.n_requests, watermark)
            found = await self._choose(intent, search.candidates)
            left = deadline - trio.current_time()
            if found is not None or (left <= 0 and search.same_workspace):
                return found
            if left <= 0:
                raise _unsettled(intent, [])
            await trio.sleep(min(pause, left))
            pause = min(2 * pause, LOOK_SECONDS)

    async def _choose(
        self, intent: Intent, candidates: list[tuple[MessageBatch, bytes]]
    ) -> tuple[MessageBatch, bytes] | None:
        """Return the one batch that it must be, None if none can be it."""
        certain: list[tuple[MessageBatch, bytes]] = []
        possible: list[tuple[MessageBatch, bytes]] = []
        for batch, raw in candidates:
            if await self._ledger.intent_of_batch(batch.id) is None:
                verdict = await self._is_of(intent, batch)
                if verdict is not False:
                    (possible if verdict is None else certain).append((batch, raw))
        suspects = certain or possible
        if not suspects:
            return None
        if len(suspects) > 1 or (not certain and await self._ledger.has_rivals(intent.id)):
            raise _unsettled(intent, [batch.id for batch, _ in suspects])
        return suspects[0]

    async def _is_of(self, intent: Intent, batch: MessageBatch) -> bool | None:
        """Tell whether a batch holds an intent's requests; None while that cannot be seen."""
        pair = (intent.id, batch.id)
        if pair not in self._verdicts:
            custom_id = await first_result(self._client, batch) if batch.ended else None
            if custom_id is None:
                return None
            path = chunk_path(self._home, intent)
            self._verdicts[pair] = await trio.to_thread.run_sync(holds_request, path, custom_id)
        return self._verdicts[pair]


def _unsettled(intent: Intent, batch_ids: list[str]) -> UnsettledSubmissionError:
    return UnsettledSubmissionError(intent.n_requests, batch_ids, submission=intent.submission)
