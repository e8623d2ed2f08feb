r"""The index of what this user's batches are and what became of them.

It is SQLite, so that a command, the app and a cron job can use it at the same
time. Nothing in it is needed to read results. People may ask it by hand::

    python3 -c "import sqlite3; print(*sqlite3.connect('ledger.db').execute(
        'SELECT id, label, status, total FROM batches LIMIT 9'), sep='\n')"

The view `batches` has a row for each batch that was seen, newest first; `intent`,
`download` and `event` are tables, and `batch_json` has the service's own JSON.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, final

import trio

from trio_batches.store.ledger_batches import LedgerBatches
from trio_batches.store.ledger_downloads import LedgerDownloads
from trio_batches.store.ledger_events import LedgerEvents
from trio_batches.store.ledger_labels import LedgerLabels
from trio_batches.store.ledger_sending import LedgerSending

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path
    from sqlite3 import Connection

    from trio_batches.store.home import Home

__all__ = ("Ledger", "open_ledger")


@final
class Ledger(LedgerBatches, LedgerLabels, LedgerSending, LedgerDownloads, LedgerEvents):
    """An open ledger; `open_ledger` makes it.

    Several tasks, and several processes, may use it at once. All work is done in
    worker threads, by one writer and one reader. Every call is a checkpoint; one
    that is cancelled has changed nothing, and one that returns is on the disk,
    to survive a power failure.

    Raises:
        StorageError: Any method: the disk is full or failing, or the file is damaged.
        trio.ClosedResourceError: Any method: the block of `open_ledger` was left.
    """

    @property
    def path(self) -> Path:
        """The file, for `sqlite3` and its friends."""
        return self._file.path

    async def version(self) -> int:
        """Return a number that is another one after every change, whoever made it.

        It is cheap to ask, to learn whether a view must be read again.
        """

        def look(connection: Connection) -> int:
            (number,) = connection.execute("PRAGMA data_version").fetchone()
            return int(number)

        return await self._read(look)


@asynccontextmanager
async def open_ledger(home: Home) -> AsyncGenerator[Ledger]:
    """Open the ledger of a home, making the home and the ledger if they are not there.

    A ledger that cannot be read is renamed to `ledger.db.unreadable-<time>`, and
    a new one is made of what can be read of it and of the receipts in the home; a
    warning says so. On a network file system it works without a write-ahead log,
    with a warning.

    Raises:
        StorageError: The disk is full, read-only or failing.
        LedgerVersionError: A newer version of this library wrote the ledger.
    """
    # Imported here: it loads sqlite3, which most uses of the library do not need.
    from trio_batches.store.ledger_recovery import open_file  # noqa: PLC0415

    ledger = Ledger(await trio.to_thread.run_sync(open_file, home))
    try:
        yield ledger
    finally:
        await ledger.aclose()
