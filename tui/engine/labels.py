"""The user's own words on batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.engine import Engine

__all__ = ("set_labels", "set_notes")


async def set_labels(engine: Engine, batch_ids: Iterable[str], label: str | None) -> None:
    """Give batches a label, or take it away.

    Raises:
        StorageError: The ledger cannot be written.
    """
    ledger = await engine.ledger()
    for batch_id in batch_ids:
        await ledger.set_label(batch_id, label)


async def set_notes(engine: Engine, batch_ids: Iterable[str], note: str | None) -> None:
    """Put a note on batches, or take it away.

    Raises:
        StorageError: The ledger cannot be written.
    """
    ledger = await engine.ledger()
    for batch_id in batch_ids:
        await ledger.set_note(batch_id, note)
