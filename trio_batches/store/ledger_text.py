"""How values stand in the ledger's columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from trio_batches.store.path_text import path_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("folder_text", "ids_json", "ids_of", "moment", "now", "optional_moment")


def moment(value: datetime) -> str:
    """Return a time as text whose order is that of the times."""
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[:-6] + "Z"


def optional_moment(value: datetime | None) -> str | None:
    """Return a time as text, or None."""
    return None if value is None else moment(value)


def now() -> str:
    """Return this moment as text."""
    return moment(datetime.now(UTC))


def ids_json(ids: tuple[str, ...]) -> str:
    """Return ids as a JSON array."""
    return msgspec.json.encode(ids).decode()


def ids_of(text: str) -> tuple[str, ...]:
    """Return the ids in a JSON array."""
    return msgspec.json.decode(text, type=tuple[str, ...])


def folder_text(folder: Path) -> str:
    """Return a folder's absolute path as text."""
    return path_text(folder.absolute())
