"""The right to send: of creates that could be taken for each other, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trio_batches.store.ledger_intents import LedgerIntents
from trio_batches.store.ledger_text import now

if TYPE_CHECKING:
    from pathlib import Path
    from sqlite3 import Connection

    from trio_batches.store.ledger_rows import Intent

__all__ = ("Claim", "LedgerSending")

Claim = Literal["granted", "rival", "settled"]
"""`rival`: another create of as many requests is on its way, or its reply was lost."""

_RIVALS = (
    "SELECT count(*) FROM intent AS rival, intent WHERE intent.id = ?1 AND rival.id <> ?1 "
    "AND rival.n_requests = intent.n_requests AND rival.state IN ('sent', 'ambiguous')"
)


class LedgerSending(LedgerIntents):
    """The methods of a ledger about who may send which intent, and when."""

    async def claim_sending(self, intent_id: str, watermark: str | None = None) -> Claim:
        """Claim the right to send a planned intent, just before the POST.

        Should its reply be lost, its batch is known by its number of requests. So
        two creates of the same number are never on their way at once, whichever
        processes of this home send them.

        Args:
            intent_id: The intent.
            watermark: Replaces the one that it was planned with.

        Returns:
            `granted` if it is yours to send; `rival` if it may be later; `settled` if
            it was sent, confirmed or given up meanwhile, maybe by another process.
        """

        def take(connection: Connection) -> Claim:
            (rivals,) = connection.execute(_RIVALS, (intent_id,)).fetchone()
            if rivals:
                return "rival"
            changed = connection.execute(
                "UPDATE intent SET state = 'sent', sent_at = ?2, reason = NULL, "
                "watermark = coalesce(?3, watermark) WHERE id = ?1 AND state = 'planned'",
                (intent_id, now(), watermark),
            )
            return "granted" if changed.rowcount else "settled"

        return await self._write(take)

    async def has_rivals(self, intent_id: str) -> bool:
        """Tell whether the batch of another create could be taken for this intent's."""

        def count(connection: Connection) -> bool:
            (rivals,) = connection.execute(_RIVALS, (intent_id,)).fetchone()
            return bool(rivals)

        return await self._read(count)

    async def plan_again(self, intent_id: str) -> bool:
        """Write down that an ambiguous intent has come to nothing and may be sent again.

        Returns:
            Whether it was ambiguous.
        """
        return await self._back_to_planned(intent_id, "ambiguous")

    async def retry_refused(self, intent_id: str) -> bool:
        """Write down that an intent which the service refused is to be sent again.

        Returns:
            Whether it had failed.
        """
        return await self._back_to_planned(intent_id, "failed")

    async def intents_in(self, folder: Path) -> list[Intent]:
        """Return the intents whose requests are, or were, in a spool's folder.

        It is known by its name, which no other has: homes are moved.
        """
        return await self._select("instr(input_path, ?) > 0", f"/{folder.name}/")

    async def _back_to_planned(self, intent_id: str, state: str) -> bool:
        def change(connection: Connection) -> bool:
            changed = connection.execute(
                "UPDATE intent SET state = 'planned', reason = NULL, "
                "sent_at = CASE state WHEN 'ambiguous' THEN sent_at END "
                "WHERE id = ? AND state = ?",
                (intent_id, state),
            )
            return changed.rowcount == 1

        return await self._write(change)
