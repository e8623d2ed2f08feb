"""The batches that the ledger has seen."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING

import msgspec

from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.store.ledger_access import LedgerAccess
from trio_batches.store.ledger_rows import KnownBatch
from trio_batches.store.ledger_text import ids_json, moment, now, optional_moment
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from sqlite3 import Connection

__all__ = ("LedgerBatches", "save_batches")

_PIECE = 5_000
"""Rows decoded at once: a few milliseconds in which no other thread runs."""

_AFTER_ALL = "~"
"""Greater than any time."""

_STAGES = {"in_progress": 0, "canceling": 1, "ended": 3}
_STAGE_RECEIPT, _STAGE_ARCHIVED = 2, 4
"""A receipt tells less of an ended batch than the service does."""

_UPSERT = """
INSERT INTO batch (
    id, status, created_at, ended_at, expires_at, archived_at, cancel_initiated_at,
    n_processing, n_succeeded, n_errored, n_canceled, n_expired, stage, seen_at
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (id) DO UPDATE SET
    status = excluded.status, created_at = excluded.created_at, ended_at = excluded.ended_at,
    expires_at = excluded.expires_at, archived_at = excluded.archived_at,
    cancel_initiated_at = excluded.cancel_initiated_at, n_processing = excluded.n_processing,
    n_succeeded = excluded.n_succeeded, n_errored = excluded.n_errored,
    n_canceled = excluded.n_canceled, n_expired = excluded.n_expired,
    stage = excluded.stage, seen_at = excluded.seen_at,
    gone_at = CASE WHEN gone_at > excluded.seen_at THEN gone_at END
WHERE (excluded.stage, excluded.seen_at) >= (stage, coalesce(seen_at, ''))
"""

_UPSERT_JSON = """
INSERT INTO batch_json (batch, raw)
SELECT ?1, CAST(?2 AS TEXT) WHERE EXISTS
    (SELECT 1 FROM batch WHERE id = ?1 AND stage = ?3 AND seen_at = ?4)
ON CONFLICT (batch) DO UPDATE SET raw = excluded.raw
"""


def save_batches(
    connection: Connection,
    batches: Iterable[tuple[MessageBatch, bytes]],
    seen_at: str,
    *,
    receipt: bool = False,
) -> None:
    """Write down what the service said of batches, unless something later is known.

    Args:
        connection: In a write transaction.
        batches: Each with its JSON.
        seen_at: When the service was asked.
        receipt: They are what receipts tell, not what the service said.
    """
    pairs = list(batches)
    stages = [_STAGE_RECEIPT if receipt else _stage(batch) for batch, _ in pairs]
    connection.executemany(
        _UPSERT,
        (_row(batch, stage, seen_at) for (batch, _), stage in zip(pairs, stages, strict=True)),
    )
    connection.executemany(
        _UPSERT_JSON,
        (
            (batch.id, raw, stage, seen_at)
            for (batch, raw), stage in zip(pairs, stages, strict=True)
        ),
    )


def _stage(batch: MessageBatch) -> int:
    """Return how late in a batch's life this state of it is; it never goes back."""
    if batch.archived_at is not None:
        return _STAGE_ARCHIVED
    return _STAGES.get(batch.processing_status, 1)


def _row(batch: MessageBatch, stage: int, seen_at: str) -> tuple[str | int | None, ...]:
    counts = batch.request_counts
    return (
        batch.id,
        batch.processing_status,
        moment(batch.created_at),
        optional_moment(batch.ended_at),
        moment(batch.expires_at),
        optional_moment(batch.archived_at),
        optional_moment(batch.cancel_initiated_at),
        counts.processing,
        counts.succeeded,
        counts.errored,
        counts.canceled,
        counts.expired,
        stage,
        seen_at,
    )


class LedgerBatches(LedgerAccess):
    """The methods of a ledger about batches."""

    async def save_batches(
        self,
        batches: Iterable[tuple[MessageBatch, bytes]],
        *,
        seen_at: datetime | None = None,
    ) -> None:
        """Write down what the service said of batches, a thousand at a time, each whole or not.

        A later state is never overwritten by an earlier one: what has ended
        stays ended, in whatever order pages arrive. A batch that was found gone
        before `seen_at` is back.

        Args:
            batches: Each with its JSON as the service sent it; a page is all saved or not at all.
            seen_at: When the service was asked, before the request was sent; now, if not given.

        Raises:
            StorageError: The disk is full or failing.

        Cancelling keeps the thousands that have been saved; saving them again does no harm.
        """
        pairs = list(batches)
        seen = now() if seen_at is None else moment(seen_at)
        for start in range(0, len(pairs) or 1, MAX_PAGE):
            piece = pairs[start : start + MAX_PAGE]
            await self._write(functools.partial(save_batches, batches=piece, seen_at=seen))

    async def mark_gone(self, batch_ids: Iterable[str], *, at: datetime | None = None) -> None:
        """Write down that the service no longer has these batches.

        Args:
            batch_ids: Deleted ones, and those it answered 404 for; unknown ones are passed over.
            at: When that was found; now, if not given.
        """
        gone = now() if at is None else moment(at)
        rows = [(gone, batch_id) for batch_id in batch_ids]
        await self._write(
            lambda connection: connection.executemany(
                "UPDATE batch SET gone_at = ? WHERE id = ? AND gone_at IS NULL", rows
            )
        )

    async def batches(
        self,
        *,
        status: str | None = None,
        label: str | None = None,
        limit: int | None = None,
        newest_first: bool = True,
        gone: bool | None = False,
    ) -> list[KnownBatch]:
        """Return the batches that were seen, by the time of their creation.

        Args:
            status: Only those in this `processing_status`.
            label: Only those with this label.
            limit: So many at most.
            newest_first: The order.
            gone: False leaves out those that the service no longer has; True
                returns only them, None both.
        """
        asked = {
            "status = ?": status,
            "label = ?": label,
        }
        wanted = {condition: value for condition, value in asked.items() if value is not None}
        conditions = ["seen_at IS NOT NULL", *wanted]
        if gone is not None:
            conditions.append("gone_at IS NOT NULL" if gone else "gone_at IS NULL")
        order = "DESC" if newest_first else "ASC"
        backward, order = ("<", "DESC") if newest_first else (">", "ASC")
        # SQLite joins what is listed, and msgspec decodes it, 5,000 rows at a time: row
        # by row it takes twice as long. A subquery's order is kept by group_concat.
        query = (
            f"SELECT group_concat(listed) FROM (SELECT listed FROM batch "  # noqa: S608  # ours
            f"WHERE {' AND '.join(conditions)} AND (created_at, id) {backward} (?, ?) "
            f"ORDER BY created_at {order}, id {order} LIMIT ?)"
        )
        values = list(wanted.values())
        count = sys.maxsize if limit is None else limit
        start = (_AFTER_ALL if newest_first else "", "")

        def read_pieces(connection: Connection) -> list[KnownBatch]:
            found: list[KnownBatch] = []
            key = start
            while size := min(_PIECE, count - len(found)):
                (piece,) = connection.execute(query, (*values, *key, size)).fetchone()
                if piece is None:
                    break
                found += _DECODE_LISTED(f"[{piece}]")
                key = (moment(found[-1].created_at), found[-1].id)
            return found

        return await self._read(read_pieces)

    async def find(self, batch_id: str) -> KnownBatch | None:
        """Return one batch, gone or not; None if it was never seen."""
        query = "SELECT listed FROM batch WHERE id = ? AND seen_at IS NOT NULL"
        row = await self._read(lambda connection: connection.execute(query, (batch_id,)).fetchone())
        return None if row is None else msgspec.json.decode(row[0], type=KnownBatch)

    async def known_ids(self, *, gone: bool | None = None) -> list[str]:
        """Return the ids of the batches that were seen, newest first.

        Args:
            gone: None for all, False for those that the service still has, True for the others.
        """
        condition = {None: "", False: "AND gone_at IS NULL", True: "AND gone_at IS NOT NULL"}[gone]
        query = (
            f"SELECT id FROM batch WHERE seen_at IS NOT NULL {condition} "  # noqa: S608  # ours
            f"ORDER BY created_at DESC, id DESC"
        )
        return await self._read(lambda connection: [id_ for (id_,) in connection.execute(query)])

    async def raw(self, batch_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the last JSON seen of batches, byte for byte; unknown ones are left out.

        For one known by its receipt only, it is what the receipt tells.
        """
        query = (
            "SELECT batch, CAST(raw AS BLOB) FROM json_each(?) CROSS JOIN batch_json "
            "ON batch = value"
        )
        wanted = ids_json(tuple(batch_ids))
        return await self._read(lambda connection: dict(connection.execute(query, (wanted,))))

    async def message_batches(self, batch_ids: Iterable[str]) -> list[MessageBatch]:
        """Return batches as they were last seen, whole; unknown ones are left out."""
        return [_DECODE(raw) for raw in (await self.raw(batch_ids)).values()]


_DECODE = msgspec.json.Decoder(MessageBatch).decode
_DECODE_LISTED = msgspec.json.Decoder(list[KnownBatch]).decode
