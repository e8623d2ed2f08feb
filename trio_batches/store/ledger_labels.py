"""The user's names for batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.store.ledger_access import LedgerAccess
from trio_batches.store.ledger_rows import Label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Connection

__all__ = ("LedgerLabels",)

_NONE = Label()


class LedgerLabels(LedgerAccess):
    """The methods of a ledger about labels and notes.

    They work for batches that the ledger has never seen, too.
    """

    async def set_label(self, batch_id: str, label: str | None) -> None:
        """Give a batch a label, or take it away.

        Many batches may have the same one. What the service says later leaves it alone.
        """
        await self._write(lambda connection: set_label(connection, batch_id, label))

    async def set_note(self, batch_id: str, note: str | None) -> None:
        """Put a note on a batch, or take it away."""
        await self._write(
            lambda connection: connection.execute(
                "INSERT INTO batch (id, note) VALUES (?, ?) "
                "ON CONFLICT (id) DO UPDATE SET note = excluded.note",
                (batch_id, note),
            )
        )

    async def labels(self, batch_ids: Iterable[str] | None = None) -> dict[str, Label]:
        """Return the labels and notes of batches that have one.

        Args:
            batch_ids: Only of these; None for all.
        """

        def look_up(connection: Connection) -> dict[str, Label]:
            rows = connection.execute(
                "SELECT id, label, note FROM batch WHERE label IS NOT NULL OR note IS NOT NULL"
            )
            return {id_: Label(label, note) for id_, label, note in rows}

        if batch_ids is None:
            return await self._read(look_up)
        wanted = list(batch_ids)
        query = (
            "SELECT label, note FROM batch WHERE id = ? AND (label IS NOT NULL OR note IS NOT NULL)"
        )

        def look_up_each(connection: Connection) -> dict[str, Label]:
            found = ((id_, connection.execute(query, (id_,)).fetchone()) for id_ in wanted)
            return {id_: Label(*row) for id_, row in found if row is not None}

        return await self._read(look_up_each)


def set_label(connection: Connection, batch_id: str, label: str | None) -> None:
    """Give a batch a label, in a write transaction."""
    connection.execute(
        "INSERT INTO batch (id, label) VALUES (?, ?) "
        "ON CONFLICT (id) DO UPDATE SET label = excluded.label",
        (batch_id, label),
    )
