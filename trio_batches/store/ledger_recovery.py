"""A ledger that cannot be read: set aside, never deleted, and made again."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import trio

from trio_batches.errors import StorageError
from trio_batches.store.disk import make_folder, publish, storage_errors
from trio_batches.store.ledger_connection import LedgerFile
from trio_batches.store.ledger_downloads import record_downloads
from trio_batches.store.ledger_schema import APPLICATION_ID
from trio_batches.store.ledger_trouble import UnreadableLedger, say
from trio_batches.store.lock import try_lock
from trio_batches.store.results_folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from trio_batches.store.home import Home
    from trio_batches.store.receipt import Receipt

__all__ = ("find_damage", "find_receipts", "open_file", "renew_if_damaged", "set_aside")

_KEYS = {
    "batch": "created_at, id",
    "batch_json": "batch",
    "intent": "id",
    "download": "batch, dest",
    "event": "id",
}
"""What is carried over, and the keys: tables before those that refer to them."""

_SIDES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database."""


def open_file(home: Home) -> LedgerFile:
    """Open the ledger of a home, and make it again if it cannot be read.

    Raises:
        StorageError: The disk is full, read-only or failing.
        LedgerVersionError: A newer version of this library wrote it.
    """
    path = home.path / "ledger.db"
    make_folder(home.path)
    with _locked(home.path):
        try:
            return LedgerFile(path)
        except UnreadableLedger as error:
            return _renew(home, path, str(error))


def renew_if_damaged(home: Home) -> bool:
    """Make a ledger again if a look at all of it finds damage; tell whether it did.

    No other part of this process may have it open.
    """
    path = home.path / "ledger.db"
    make_folder(home.path)
    with _locked(home.path):
        try:
            file = LedgerFile(path)
        except UnreadableLedger as error:
            reason: str | None = str(error)
        else:
            reason = find_damage(file)
            file.close()
        if reason is None:
            return False
        _renew(home, path, f"{path}: {reason}").close()
        return True


def find_receipts(home: Home) -> Iterator[Receipt]:
    """Yield the receipts in a home whose results files are as they were.

    What cannot be read is said, and passed over: it can be recorded another time.
    """
    if not home.results.is_dir():
        return
    folder = ResultsFolder(home.results)
    for path in sorted(home.results.glob("*.receipt.json")):
        try:
            receipt = folder.held(path.name.removesuffix(".receipt.json"))
        except StorageError as error:
            say(f"without this copy: {error}")
        else:
            if receipt is not None:
                yield receipt


def find_damage(file: LedgerFile) -> str | None:
    """Look at every page; return what is wrong, None if nothing is."""

    def check(connection: sqlite3.Connection) -> str | None:
        try:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as exc:
            return str(exc)
        return None if found == "ok" else str(found)

    return file.read(check)


def _renew(home: Home, path: Path, reason: str) -> LedgerFile:
    """Make a new ledger beside the old one, and give it its name when it is whole."""
    fresh = path.with_name(f"{path.name}.new")
    with storage_errors(fresh):
        for leftover in ("", *_SIDES):
            fresh.with_name(fresh.name + leftover).unlink(missing_ok=True)
    file = LedgerFile(fresh)
    try:
        _carry_over(path, file)
        receipts = list(find_receipts(home))
        file.write(lambda connection: record_downloads(connection, receipts, home.results))
    finally:
        file.close()
    aside = set_aside(path)
    with storage_errors(path):
        publish(fresh, path)
    say(f"{reason}: it was renamed to {aside.name}, and a new one made of what could be read")
    return LedgerFile(path)


def set_aside(path: Path) -> Path:
    """Rename a ledger, with what SQLite keeps beside it; return its new place."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = path.with_name(f"{path.name}.unreadable-{stamp}")
    with storage_errors(path):
        # The sides first: a log that stays behind would be played into the new file.
        for side in _SIDES:
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + side).rename(aside.with_name(aside.name + side))
        path.rename(aside)
    return aside


def _carry_over(path: Path, file: LedgerFile) -> None:
    """Copy what can still be read of an old ledger; its damage is met in reading only."""
    name = f"{path.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(name, uri=True)) as old:
        with _reading():
            (application,) = old.execute("PRAGMA application_id").fetchone()
            if application != APPLICATION_ID:
                return
        for table, key in _KEYS.items():
            for order in (key, f"{key.replace(',', ' DESC,')} DESC"):  # around what is damaged
                file.write(functools.partial(_carry_over_table, old, table, order))


def _carry_over_table(
    old: sqlite3.Connection, table: str, order: str, connection: sqlite3.Connection
) -> None:
    names = _columns(connection, table)
    with _reading():
        names &= _columns(old, table)
    columns, marks = ", ".join(names), ", ".join("?" for _ in names)
    insert = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  # ours
    for row in _rows(old, f"SELECT {columns} FROM {table} ORDER BY {order}"):  # noqa: S608  # ours
        with contextlib.suppress(sqlite3.IntegrityError):
            connection.execute(insert, row)


def _rows(old: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...]]:
    """Yield rows until the damage begins."""
    with _reading():
        rows = old.execute(query)
        while row := rows.fetchone():
            yield row


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """Return the names of a table's columns but the generated ones."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return {name for (name,) in rows}


def _reading() -> contextlib.AbstractContextManager[None]:
    return contextlib.suppress(sqlite3.DatabaseError)


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Keep other processes from opening a ledger while it may be made again.

    To be called in a worker thread of Trio's, where a cancellation ends the wait.
    """
    with storage_errors(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while try_lock(descriptor) == "busy":  # some network file systems cannot lock a folder
            trio.from_thread.check_cancelled()
            time.sleep(0.005)
        yield
    finally:
        os.close(descriptor)
