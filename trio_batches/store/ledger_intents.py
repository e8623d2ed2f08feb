"""Creates that are about to be sent, written down before they are.

A create costs money, so every step is a comparison and a change in one
transaction: of two processes that want to send the same intent, one is told no.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.ledger_access import LedgerAccess
from trio_batches.store.ledger_batches import save_batches
from trio_batches.store.ledger_labels import set_label
from trio_batches.store.ledger_rows import Intent
from trio_batches.store.ledger_text import ids_json, ids_of, moment, now, optional_moment
from trio_batches.store.path_text import path_of, path_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from sqlite3 import Connection

    from trio_batches.types import MessageBatch

__all__ = ("LedgerIntents",)

_COLUMNS = (
    "id, submission, chunk, at, input_path, input_sha256, n_requests, n_bytes, sha256, "
    "first_ids, label, state, batch, parents, sent_at, watermark, reason"
)
_FIELDS = tuple(_COLUMNS.replace("batch", "batch_id").split(", "))


class LedgerIntents(LedgerAccess):
    """The methods of a ledger about intents."""

    async def plan(self, intents: Iterable[Intent]) -> None:
        """Write down creates before any of them is sent, all of them or none.

        Raises:
            ValueError: One of these ids is taken.
            StorageError: The disk is full or failing: send nothing.
        """
        rows = [_row(intent) for intent in intents]
        marks = ", ".join("?" for _ in _FIELDS)

        def insert(connection: Connection) -> None:
            for row in rows:
                if connection.execute("SELECT 1 FROM intent WHERE id = ?", row[:1]).fetchone():
                    raise ValueError(f"there is an intent {row[0]} already")
                connection.execute(f"INSERT INTO intent ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608

        await self._write(insert)

    async def mark_sent(self, intent_id: str, at: datetime | None = None) -> bool:
        """Claim the right to send a planned or ambiguous intent, just before the POST.

        Returns:
            Whether it is yours to send. If not, it was sent, confirmed or given
            up meanwhile, maybe by another process: do not send it.
        """
        sent_at = now() if at is None else moment(at)
        return await self._write(
            lambda connection: _move(
                connection, intent_id, "sent", ("planned", "ambiguous"), sent_at=sent_at
            )
        )

    async def confirm(self, intent_id: str, batch: MessageBatch, raw: bytes) -> bool:
        """Write down the batch that an intent became, in whatever state the intent is.

        The batch is saved, and gets the intent's label unless it has one.

        Returns:
            Whether this intent and this batch belong together now. If not, the
            intent has another batch, or the batch another intent; neither changes.
        """
        seen_at = now()

        def settle(connection: Connection) -> bool:
            save_batches(connection, [(batch, raw)], seen_at)
            owner = connection.execute(
                "SELECT id FROM intent WHERE batch = ?", (batch.id,)
            ).fetchone()
            if owner is not None:
                return bool(owner[0] == intent_id)
            open_states = ("planned", "sent", "ambiguous", "failed", "abandoned")
            moved = _move(connection, intent_id, "confirmed", open_states, batch=batch.id)
            (label, known) = connection.execute(
                "SELECT (SELECT label FROM intent WHERE id = ?), "
                "(SELECT label FROM batch WHERE id = ?)",
                (intent_id, batch.id),
            ).fetchone()
            if moved and label is not None and known is None:
                set_label(connection, batch.id, label)
            return moved

        return await self._write(settle)

    async def mark_ambiguous(self, intent_id: str, reason: str) -> bool:
        """Write down that an intent was sent and no clear answer came.

        Returns:
            Whether it was in the state `sent` or is ambiguous already.
        """
        return await self._write(
            lambda connection: _move(
                connection, intent_id, "ambiguous", ("sent", "ambiguous"), reason=reason
            )
        )

    async def postpone(self, intent_id: str) -> bool:
        """Write down that an intent was not sent after all: no byte of it can have been acted on.

        Returns:
            Whether it was in the state `sent`.
        """
        return await self._write(
            lambda connection: _move(connection, intent_id, "planned", ("sent",), sent_at=None)
        )

    async def fail(self, intent_id: str, reason: str) -> bool:
        """Write down that the service refused an intent: there is no batch, and will be none.

        Returns:
            Whether it was open: planned, sent or ambiguous.
        """
        return await self._write(
            lambda connection: _move(
                connection, intent_id, "failed", ("planned", "sent", "ambiguous"), reason=reason
            )
        )

    async def abandon(self, intent_id: str, reason: str | None = None) -> bool:
        """Write down that an intent will not be sent, or not looked for any more.

        Returns:
            Whether it was planned, ambiguous or failed.
        """
        return await self._write(
            lambda connection: _move(
                connection,
                intent_id,
                "abandoned",
                ("planned", "ambiguous", "failed"),
                reason=reason,
            )
        )

    async def relabel(self, submission: str, label: str) -> None:
        """Give another label to what of a submission is no batch yet."""
        await self._write(
            lambda connection: connection.execute(
                "UPDATE intent SET label = ? WHERE submission = ? AND batch IS NULL",
                (label, submission),
            )
        )

    async def open_intents(self) -> list[Intent]:
        """Return the intents that are planned, sent or ambiguous, oldest first."""
        return await self._select("state IN ('planned', 'sent', 'ambiguous')")

    async def intents_of_input(self, sha256: str) -> list[Intent]:
        """Return all intents whose whole input had this hash, oldest first."""
        return await self._select("input_sha256 = ?", sha256)

    async def intents_of_submission(self, submission: str) -> list[Intent]:
        """Return the intents of one submission, by chunk."""
        return await self._select("submission = ?", submission)

    async def find_intent(self, intent_id: str) -> Intent | None:
        """Return one intent; None if there is no such."""
        found = await self._select("id = ?", intent_id)
        return found[0] if found else None

    async def intent_of_batch(self, batch_id: str) -> Intent | None:
        """Return the intent that became this batch; None if it came from elsewhere."""
        found = await self._select("batch = ?", batch_id)
        return found[0] if found else None

    async def intents_of_parent(self, batch_id: str) -> list[Intent]:
        """Return the intents that send requests of this batch again, oldest first."""
        return await self._select(
            "EXISTS (SELECT 1 FROM json_each(parents) WHERE value = ?)", batch_id
        )

    async def _select(self, condition: str, *values: str) -> list[Intent]:
        query = f"SELECT {_COLUMNS} FROM intent WHERE {condition} ORDER BY at, submission, chunk"  # noqa: S608
        rows = await self._read(lambda connection: connection.execute(query, values).fetchall())
        return [_intent(row) for row in rows]


def _move(
    connection: Connection,
    intent_id: str,
    state: str,
    before: tuple[str, ...],
    **columns: str | None,
) -> bool:
    """Change an intent's state, if it is one of those before; tell whether it was."""
    changes = ", ".join(f"{name} = :{name}" for name in ("state", *columns))
    states = ", ".join(f"'{name}'" for name in before)
    changed = connection.execute(
        f"UPDATE intent SET {changes} WHERE id = :id AND state IN ({states})",  # noqa: S608  # ours
        {"id": intent_id, "state": state, **columns},
    )
    return changed.rowcount == 1


def _row(intent: Intent) -> tuple[str | int | None, ...]:
    return (
        intent.id,
        intent.submission,
        intent.chunk,
        moment(intent.at),
        None if intent.input_path is None else path_text(Path(intent.input_path)),
        intent.input_sha256,
        intent.n_requests,
        intent.n_bytes,
        intent.sha256,
        ids_json(intent.first_ids),
        intent.label,
        intent.state,
        intent.batch_id,
        ids_json(intent.parents),
        optional_moment(intent.sent_at),
        intent.watermark,
        intent.reason,
    )


def _intent(row: tuple[object, ...]) -> Intent:
    fields = dict(zip(_FIELDS, row, strict=True))
    for name in ("first_ids", "parents"):
        fields[name] = ids_of(str(fields[name]))
    if fields["input_path"] is not None:
        fields["input_path"] = str(path_of(str(fields["input_path"])))
    return msgspec.convert(fields, Intent)
