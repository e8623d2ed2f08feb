"""Batches as the service sends them, for ledgers to keep."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from trio_batches.store import Intent
from trio_batches.types import MessageBatch, RequestCounts, encode

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches.store import Home, Ledger

START = datetime(2026, 1, 1, tzinfo=UTC)


def batch(number: int, status: str = "ended", **fields: object) -> MessageBatch:
    """Return one of many batches, a minute after the one with the number before."""
    ended = status == "ended"
    created_at = START + timedelta(minutes=number)
    found = MessageBatch(
        id=f"msgbatch_{number:06}",
        processing_status=status,
        request_counts=RequestCounts(
            processing=0 if ended else 10,
            succeeded=6 if ended else 0,
            errored=2 if ended else 0,
            canceled=1 if ended else 0,
            expired=1 if ended else 0,
        ),
        created_at=created_at,
        ended_at=created_at + timedelta(minutes=5) if ended else None,
        expires_at=created_at + timedelta(days=1),
        results_url=f"https://api.example/{number}" if ended else None,
    )
    return msgspec.structs.replace(found, **fields)


def seen(number: int, status: str = "ended", **fields: object) -> tuple[MessageBatch, bytes]:
    """Return a batch with its JSON, spaced as no encoder of ours would."""
    found = batch(number, status, **fields)
    return found, b'{ "new": "f\xc3\xa4ld",' + encode(found).removeprefix(b"{")


def intent(number: int = 0, **fields: object) -> Intent:
    """Return one of many intents of a submission, a second after the one before."""
    found = Intent(
        id=f"intent-{number}",
        submission="submission-1",
        chunk=number,
        at=START + timedelta(seconds=number),
        n_requests=10,
    )
    return msgspec.structs.replace(found, **fields)


def ask(home: Home, query: str, *values: str | int) -> list[tuple[Any, ...]]:
    """Ask the ledger by hand, as a person with nothing but Python would."""
    with closing(sqlite3.connect(home.path / "ledger.db")) as connection:
        return connection.execute(query, values).fetchall()


def change(home: Home, *statements: str) -> None:
    """Do to the ledger what only another program would."""
    with closing(sqlite3.connect(home.path / "ledger.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def asides(home: Home) -> list[Path]:
    return sorted(home.path.glob("ledger.db.unreadable-*Z"))


def write(home: Home, content: bytes) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    (home.path / "ledger.db").write_bytes(content)


async def fill(ledger: Ledger, count: int = 500) -> None:
    await ledger.save_batches(seen(number) for number in range(count))
    await ledger.plan(intent(number) for number in range(10))
    await ledger.confirm("intent-0", *seen(1))
    await ledger.set_label("msgbatch_000002", "kept")
    await ledger.set_note("unseen", "kept too")
    await ledger.record("made")
