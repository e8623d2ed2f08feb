"""Connections to the ledger's file: the only room that knows sqlite3.

Imported when a ledger opens: most uses of the library need none.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING, TypeVar, final

import trio

from trio_batches.errors import ConfigurationError, StorageError
from trio_batches.store.disk import storage_errors
from trio_batches.store.ledger_mount import on_network
from trio_batches.store.ledger_schema import APPLICATION_ID, migrate
from trio_batches.store.ledger_trouble import UnreadableLedger, say
from trio_batches.store.lock import NO_LOCKS, check_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

__all__ = ("LedgerFile", "ledger_errors")

T = TypeVar("T")

BUSY_MS = 5_000
"""How long SQLite itself waits for another process, between two looks at our cancellation."""

PATIENCE_SECONDS = 120.0
"""When waiting for a lock turns into an error: transactions take milliseconds."""

_OLDEST_SQLITE = (3, 38, 0)
"""The first with STRICT tables (3.37) and JSON always built in; older ones would call
a sound ledger malformed."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_UNREADABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_ADVICE = {
    sqlite3.SQLITE_FULL: "free some space, then run the same command again",
    sqlite3.SQLITE_IOERR: "the disk is full or failing: see to it, then run the same command again",
    sqlite3.SQLITE_IOERR_LOCK: NO_LOCKS,
    sqlite3.SQLITE_CORRUPT: "run `trio-batches ledger rebuild`",
    sqlite3.SQLITE_NOTADB: "run `trio-batches ledger rebuild`",
}


def _extended_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0)


def _code(error: sqlite3.Error) -> int:
    """Return the primary result code of an error, 0 if the module itself raised it."""
    return _extended_code(error) & 0xFF


@contextlib.contextmanager
def ledger_errors(path: Path) -> Generator[None]:
    """Turn what the disk and the file do to SQLite into an error that names the file."""
    try:
        yield
    except sqlite3.DatabaseError as exc:
        code = _code(exc)
        if code in (0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE):
            raise  # a bug
        advice = _ADVICE.get(_extended_code(exc)) or _ADVICE.get(code)
        raise StorageError(str(path), f"{exc}: {advice}" if advice else str(exc)) from exc


def patiently(step: Callable[[], T]) -> T:
    """Do a step, again and again while another process is in the way.

    To be called in a worker thread of Trio's: a cancellation is seen between
    two tries, when nothing has happened yet.
    """
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return step()
        except sqlite3.OperationalError as exc:
            if _code(exc) not in _BUSY or time.monotonic() > give_up:
                raise
        trio.from_thread.check_cancelled()
        time.sleep(0.005)  # some locks are refused at once, without SQLite's own wait


@final
class LedgerFile:
    """The ledger's file, open: one connection that writes, one that only reads.

    Its methods do file I/O: call them in a worker thread, one at a time for each
    of the connections.

    Raises:
        StorageError: The file cannot be opened.
        LedgerVersionError: A newer version of this library wrote it.
        UnreadableLedger: It is there, but is no ledger or is damaged.
    """

    def __init__(self, path: Path) -> None:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            needed = ".".join(map(str, _OLDEST_SQLITE))
            raise ConfigurationError(
                f"the ledger needs SQLite {needed}; this Python has {sqlite3.sqlite_version}"
            )
        self.path = path
        self._network = on_network(path.parent)
        if self._network:
            check_ranges(path.parent)
        with storage_errors(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with contextlib.ExitStack() as opened:
            opened.enter_context(ledger_errors(path))
            self._writer = self._connect("rw")
            opened.callback(self._writer.close)
            try:
                self._prepare()
            except sqlite3.DatabaseError as exc:
                if _code(exc) in _UNREADABLE:
                    raise UnreadableLedger(str(path), str(exc)) from exc
                raise
            self._reader = self._connect("ro")
            if not self._network:
                self._reader.execute(f"PRAGMA mmap_size = {1 << 28}")
            opened.pop_all()

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the connection that only reads; it sees one moment's ledger."""

        def look() -> T:
            self._reader.execute("BEGIN")
            try:
                return work(self._reader)
            finally:
                self._reader.execute("ROLLBACK")

        with ledger_errors(self.path):
            return patiently(look)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something in a transaction, which happens whole or not at all."""
        with ledger_errors(self.path):
            return self._transact(work)

    def close(self) -> None:
        """Close both connections; the last one of all processes tidies up the file."""
        with ledger_errors(self.path):
            self._reader.close()
            self._writer.close()

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_MS / 1_000,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _prepare(self) -> None:
        self._check_identity()
        mode = "DELETE" if self._network else "WAL"
        (got,) = patiently(lambda: self._writer.execute(f"PRAGMA journal_mode = {mode}").fetchone())
        if self._network or got != "wal":
            say(
                f"{self.path} is on a network file system, or one like it: the ledger is slower "
                f"there, and only one machine at a time may use it; TRIO_BATCHES_HOME can name "
                f"a local folder"
            )
        self._writer.execute("PRAGMA synchronous = FULL")
        self._writer.execute(f"PRAGMA cache_size = -{1 << 15}")  # KiB, for thousands at once
        self._writer.execute(f"PRAGMA journal_size_limit = {1 << 24}")
        self._transact(lambda connection: migrate(connection, self.path))

    def _check_identity(self) -> None:
        (application,), (tables,) = patiently(
            lambda: (
                self._writer.execute("PRAGMA application_id").fetchone(),
                self._writer.execute("SELECT count(*) FROM sqlite_schema").fetchone(),
            )
        )
        if application != APPLICATION_ID and (application or tables):
            raise UnreadableLedger(str(self.path), "it is another program's database")

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._writer
        patiently(lambda: connection.execute("BEGIN IMMEDIATE"))
        try:
            outcome = work(connection)
            # Without a WAL, readers can be in the way of a commit; it may be repeated.
            patiently(lambda: connection.execute("COMMIT"))
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return outcome
