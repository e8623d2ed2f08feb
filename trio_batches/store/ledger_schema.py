"""The ledger's tables, and the steps that lead from each version to the next.

Times are RFC 3339 in UTC with six decimals, so that their order is that of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.errors import LedgerVersionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from sqlite3 import Connection

__all__ = ("APPLICATION_ID", "MIGRATIONS", "migrate")

APPLICATION_ID = 0x7472_6261
"""`trba`: what makes a SQLite file a ledger."""

_VERSION_1 = (
    # A label may be set before its batch is seen: such a row has no seen_at.
    # `listed` is the row once more, as JSON: reading 100,000 of these and decoding
    # them at once takes a third of the time that reading the columns does. The key
    # has the order of the service's lists, so that these are appended.
    """
    CREATE TABLE batch (
        id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL DEFAULT '',
        ended_at TEXT,
        expires_at TEXT NOT NULL DEFAULT '',
        archived_at TEXT,
        cancel_initiated_at TEXT,
        n_processing INTEGER NOT NULL DEFAULT 0,
        n_succeeded INTEGER NOT NULL DEFAULT 0,
        n_errored INTEGER NOT NULL DEFAULT 0,
        n_canceled INTEGER NOT NULL DEFAULT 0,
        n_expired INTEGER NOT NULL DEFAULT 0,
        stage INTEGER NOT NULL DEFAULT -1,
        seen_at TEXT,
        gone_at TEXT,
        verified_at TEXT,
        label TEXT,
        note TEXT,
        total INTEGER GENERATED ALWAYS AS
            (n_processing + n_succeeded + n_errored + n_canceled + n_expired) VIRTUAL,
        listed TEXT GENERATED ALWAYS AS (json_array(
            id, status, created_at, ended_at, expires_at, archived_at, cancel_initiated_at,
            n_processing, n_succeeded, n_errored, n_canceled, n_expired,
            seen_at, gone_at, verified_at, label, note)) STORED,
        PRIMARY KEY (created_at DESC, id DESC)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX batch_label ON batch (label) WHERE label IS NOT NULL",
    # Apart from `batch`, which is read from end to end to be listed.
    """
    CREATE TABLE batch_json (
        batch TEXT PRIMARY KEY REFERENCES batch (id),
        raw TEXT NOT NULL
    ) STRICT
    """,
    # No reference to `batch`: an intent that was confirmed must outlive everything
    # else, because it is what keeps its requests from being sent and paid for again.
    """
    CREATE TABLE intent (
        id TEXT PRIMARY KEY,
        submission TEXT NOT NULL,
        chunk INTEGER NOT NULL,
        at TEXT NOT NULL,
        input_path TEXT,
        input_sha256 TEXT,
        n_requests INTEGER NOT NULL,
        n_bytes INTEGER,
        sha256 TEXT,
        first_ids TEXT NOT NULL DEFAULT '[]',
        label TEXT,
        state TEXT NOT NULL CHECK (state IN
            ('planned', 'sent', 'confirmed', 'ambiguous', 'failed', 'abandoned')),
        batch TEXT UNIQUE,
        parents TEXT NOT NULL DEFAULT '[]',
        sent_at TEXT,
        watermark TEXT,
        reason TEXT,
        CHECK ((state = 'confirmed') = (batch IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX intent_submission ON intent (submission, chunk)",
    "CREATE INDEX intent_input ON intent (input_sha256)",
    """
    CREATE TABLE claim (
        name TEXT NOT NULL,
        dest TEXT NOT NULL,
        owner TEXT NOT NULL,
        until TEXT NOT NULL,
        PRIMARY KEY (name, dest)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE download (
        batch TEXT NOT NULL REFERENCES batch (id),
        dest TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        verified_at TEXT NOT NULL,
        receipt TEXT NOT NULL,
        PRIMARY KEY (batch, dest)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        batch TEXT,
        detail TEXT
    ) STRICT
    """,
    "CREATE INDEX event_batch ON event (batch) WHERE batch IS NOT NULL",
    # For people: `SELECT * FROM batches WHERE label = 'nightly'`.
    """
    CREATE VIEW batches AS
    SELECT id, label, note, status, created_at, ended_at, expires_at, archived_at,
        total, n_processing, n_succeeded, n_errored, n_canceled, n_expired,
        seen_at, gone_at, verified_at
    FROM batch WHERE seen_at IS NOT NULL ORDER BY created_at DESC, id DESC
    """,
    f"PRAGMA application_id = {APPLICATION_ID}",
)

MIGRATIONS: tuple[Sequence[str], ...] = (_VERSION_1,)
"""The statements that lead to version 1, to version 2, and so on."""


def migrate(
    connection: Connection, path: Path, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> None:
    """Bring a ledger to the newest version; to be called in a write transaction.

    Raises:
        LedgerVersionError: It is of a version that nobody here knows.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise LedgerVersionError(str(path), found=version, known=len(migrations))
    for statements in migrations[version:]:
        for statement in statements:
            connection.execute(statement)
    if version < len(migrations):
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
