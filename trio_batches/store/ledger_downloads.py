"""Where verified copies of results are, and who is fetching one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.ledger_access import LedgerAccess
from trio_batches.store.ledger_batches import save_batches
from trio_batches.store.ledger_rows import Download
from trio_batches.store.ledger_text import folder_text, moment, now
from trio_batches.store.path_text import path_of
from trio_batches.store.receipt import Receipt
from trio_batches.types import MessageBatch, RequestCounts, encode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from sqlite3 import Connection

__all__ = ("LedgerDownloads", "record_downloads")

_LIFETIME = timedelta(hours=24)
"""From a batch's creation until it expires."""

_VERIFIED_AT = """
UPDATE batch SET verified_at = (SELECT max(verified_at) FROM download WHERE batch = ?1)
WHERE id = ?1
"""


class LedgerDownloads(LedgerAccess):
    """The methods of a ledger about downloads."""

    async def claim(self, batch_id: str, dest: Path, owner: str, until: datetime) -> bool:
        """Ask for a batch to be yours alone for a while, so that no other process fetches it.

        A claim is a courtesy that saves traffic: files are sound without it. It ends
        by itself, so a process that died is in nobody's way for long.

        Args:
            batch_id: The batch, or any other name that processes agree on.
            dest: The folder that it is fetched into.
            owner: Who asks; asking again moves the end of an owner's own claim.
            until: When it ends by itself.

        Returns:
            Whether it is yours.
        """
        values = (batch_id, folder_text(dest), owner, moment(until), now())
        return await self._write(
            lambda connection: (
                connection.execute(
                    "INSERT INTO claim (name, dest, owner, until) VALUES (?1, ?2, ?3, ?4) "
                    "ON CONFLICT (name, dest) DO UPDATE "
                    "SET owner = excluded.owner, until = excluded.until "
                    "WHERE owner = excluded.owner OR until < ?5",
                    values,
                ).rowcount
                == 1
            )
        )

    async def release(self, batch_id: str, dest: Path, owner: str) -> None:
        """Give a claim back; one that another owner has taken over meanwhile stays."""
        values = (batch_id, folder_text(dest), owner)
        await self._write(
            lambda connection: connection.execute(
                "DELETE FROM claim WHERE name = ? AND dest = ? AND owner = ?", values
            )
        )

    async def record_download(self, receipt: Receipt, dest: Path) -> None:
        """Write down that a folder holds a verified copy of a batch's results.

        A batch that the ledger has not seen is known by its receipt then.

        Args:
            receipt: As it was written beside the file.
            dest: The folder.
        """
        await self.record_downloads([receipt], dest)

    async def record_downloads(self, receipts: Iterable[Receipt], dest: Path) -> None:
        """Write down many verified copies in one folder, all of them or none."""
        found = list(receipts)
        await self._write(lambda connection: record_downloads(connection, found, dest))

    async def forget_downloads(self, batch_ids: Iterable[str], dest: Path) -> None:
        """Write down that a folder holds no copies of these batches' results any more."""
        ids = list(batch_ids)
        folder = folder_text(dest)

        def forget(connection: Connection) -> None:
            connection.executemany(
                "DELETE FROM download WHERE batch = ? AND dest = ?", [(id_, folder) for id_ in ids]
            )
            connection.executemany(_VERIFIED_AT, [(id_,) for id_ in ids])

        await self._write(forget)

    async def downloads(self, batch_id: str | None = None) -> list[Download]:
        """Return the verified copies of one batch, or of all, in the order of their making."""
        query = (
            "SELECT batch, dest, receipt FROM download WHERE ?1 IS NULL OR batch = ?1 "
            "ORDER BY verified_at, batch, dest"
        )
        rows = await self._read(
            lambda connection: connection.execute(query, (batch_id,)).fetchall()
        )
        return [
            Download(
                batch_id=id_,
                dest=str(path_of(dest)),
                receipt=msgspec.json.decode(receipt, type=Receipt),
            )
            for id_, dest, receipt in rows
        ]


def record_downloads(connection: Connection, receipts: Iterable[Receipt], dest: Path) -> None:
    """Write down verified copies, in a write transaction."""
    for receipt in receipts:
        verified_at = moment(receipt.verified_at)
        batch = _batch(receipt)
        save_batches(connection, [(batch, encode(batch))], verified_at, receipt=True)
        connection.execute(
            "INSERT OR REPLACE INTO download "
            "(batch, dest, bytes, lines, sha256, verified_at, receipt) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                receipt.batch_id,
                folder_text(dest),
                receipt.bytes,
                receipt.lines,
                receipt.sha256,
                verified_at,
                encode(receipt).decode(),
            ),
        )
        connection.execute(_VERIFIED_AT, (receipt.batch_id,))


def _batch(receipt: Receipt) -> MessageBatch:
    """Return the batch as far as its receipt tells."""
    counts = {name: receipt.counts.get(name, 0) for name in RequestCounts.__struct_fields__}
    return MessageBatch(
        id=receipt.batch_id,
        processing_status="ended",
        request_counts=RequestCounts(**counts),
        created_at=receipt.created_at,
        ended_at=receipt.ended_at,
        expires_at=receipt.created_at + _LIFETIME,
    )
