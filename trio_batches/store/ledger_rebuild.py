"""Making the ledger again from what there is: files, receipts, and the service."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import trio

from trio_batches.protocol.limits import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trio_batches.client import Client, Page
    from trio_batches.store.home import Home
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Download
    from trio_batches.types import MessageBatch

__all__ = ("Rebuilt", "mend_ledger", "rebuild")


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild found."""

    downloads: int
    """Verified copies in the home."""
    lost: int
    """Copies that the ledger knew, here or elsewhere, and that are not there any more."""
    listed: int
    """Batches that the service listed."""


async def mend_ledger(home: Home) -> bool:
    """Look at every page of a home's ledger; if one is damaged, set it aside and make a new one.

    No ledger of this home may be open in this process. What can be read of the
    old one, labels, notes and intents first of all, is carried over.

    Returns:
        Whether it was damaged.

    Raises:
        StorageError: The disk is full, read-only or failing.
        LedgerVersionError: A newer version of this library wrote it.
    """
    from trio_batches.store.ledger_recovery import renew_if_damaged  # noqa: PLC0415  # sqlite3

    return await trio.to_thread.run_sync(renew_if_damaged, home)


async def rebuild(ledger: Ledger, home: Home, client: Client | None = None) -> Rebuilt:
    """Write into a ledger all that can be found out again.

    These are the verified files in the home's results folder, by their receipts,
    and the batches that the service lists. Labels, notes and intents stay.

    Args:
        ledger: An open ledger of the home.
        home: Where the files are.
        client: An open client; without one, only files are read.

    Raises:
        APIStatusError: The service refused a page; what was read before it is kept.

    Cancelling keeps what has been written so far.
    """
    from trio_batches.store.ledger_recovery import find_receipts  # noqa: PLC0415  # sqlite3

    known = await ledger.downloads()
    lost = await trio.to_thread.run_sync(_lost, known)
    for dest, batch_ids in lost.items():
        await ledger.forget_downloads(batch_ids, Path(dest))
    receipts = await trio.to_thread.run_sync(lambda: list(find_receipts(home)))
    await ledger.record_downloads(receipts, home.results)
    return Rebuilt(
        downloads=len(receipts),
        lost=sum(map(len, lost.values())),
        listed=0 if client is None else await _list(ledger, client),
    )


def _lost(downloads: Iterable[Download]) -> dict[str, list[str]]:
    """Return the folders and batches whose file is not there any more."""
    lost: defaultdict[str, list[str]] = defaultdict(list)
    for download in downloads:
        if not (Path(download.dest) / download.receipt.file).exists():
            lost[download.dest].append(download.batch_id)
    return lost


async def _list(ledger: Ledger, client: Client) -> int:
    count = 0
    asked_at = datetime.now(UTC)
    page: Page[MessageBatch] | None = await client.messages.batches.list(limit=MAX_PAGE)
    while page is not None:
        pairs = list(zip(page.data, page.raw_data, strict=True))
        await ledger.save_batches(pairs, seen_at=asked_at)
        count += len(pairs)
        asked_at = datetime.now(UTC)
        page = await page.get_next_page() if page.has_next_page() else None
    return count
