"""What happened, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.ledger_access import LedgerAccess
from trio_batches.store.ledger_rows import Event
from trio_batches.store.ledger_text import now

if TYPE_CHECKING:
    from sqlite3 import Connection

__all__ = ("LedgerEvents",)


class LedgerEvents(LedgerAccess):
    """The methods of a ledger about events."""

    async def record(
        self, kind: str, batch_id: str | None = None, detail: str | None = None
    ) -> None:
        """Write down that something happened.

        Args:
            kind: One word for it.
            batch_id: The batch it happened to.
            detail: More of it, in words or JSON.
        """
        values = (now(), kind, batch_id, detail)
        await self._write(
            lambda connection: connection.execute(
                "INSERT INTO event (at, kind, batch, detail) VALUES (?, ?, ?, ?)", values
            )
        )

    async def events(
        self,
        *,
        batch_id: str | None = None,
        kind: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Event]:
        """Return what happened, the latest first.

        Args:
            batch_id: Only to this batch.
            kind: Only of this kind.
            after: Only events with a greater id than this one.
            limit: So many at most.
        """
        values = (batch_id, kind, after, -1 if limit is None else limit)

        def look_up(connection: Connection) -> list[tuple[object, ...]]:
            return connection.execute(
                "SELECT id, at, kind, batch, detail FROM event "
                "WHERE (?1 IS NULL OR batch = ?1) AND (?2 IS NULL OR kind = ?2) AND id > ?3 "
                "ORDER BY id DESC LIMIT ?4",
                values,
            ).fetchall()

        fields = Event.__struct_fields__
        return [
            msgspec.convert(dict(zip(fields, row, strict=True)), Event)
            for row in await self._read(look_up)
        ]
