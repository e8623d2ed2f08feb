"""What submissions leave on the disk when their process ends in the middle."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from trio_batches.store.disk import make_folder, storage_errors
from trio_batches.store.kept_requests import chunk_path, put_away, set_aside
from trio_batches.store.spool import WHOLE, lock_folder, spool_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trio_batches.store import Home
    from trio_batches.store.chunk import Chunk
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent

__all__ = ("remake", "tidy")

_log = logging.getLogger("trio_batches")


async def tidy(ledger: Ledger, home: Home) -> None:
    """Put away the requests of batches that were made, and remove what nobody needs.

    What another process is at work on, and what is to be sent yet, stays.
    """
    for folder in await trio.to_thread.run_sync(spool_folders, home.requests):
        lock = lock_folder(folder)
        if lock is None:
            continue
        try:
            # Asked after locking: whoever had the lock has written its intents by now.
            intents = await ledger.intents_in(folder)
            await trio.to_thread.run_sync(_tidy_folder, home, folder, intents)
        finally:
            os.close(lock)


def _tidy_folder(home: Home, folder: Path, intents: Sequence[Intent]) -> None:
    if not intents:
        _put_aside(home, folder)
        shutil.rmtree(folder, ignore_errors=True)
    for intent in intents:
        path = chunk_path(home, intent)
        if intent.batch_id is not None:
            put_away(home, path, intent.batch_id, keep=True)
        elif intent.state == "abandoned":
            set_aside(home, path, intent.id)


def _put_aside(home: Home, folder: Path) -> None:
    """Keep requests that were to be sent, but that the ledger, made anew, does not know of."""
    if not (folder / WHOLE).exists():
        return
    for path in sorted(folder.glob("*.jsonl")):
        kept = set_aside(home, path, f"{folder.name}-{path.stem}")
        _log.warning("the ledger does not know of %s: it is %s now; it may be a batch", path, kept)


def remake(home: Home, intents: Iterable[Intent], chunks: Sequence[Chunk]) -> None:
    """Put requests that were read again where they are missing.

    Args:
        home: Where they belong.
        intents: Of an earlier submission of the same requests.
        chunks: As they are cut now.
    """
    for intent in intents:
        path = chunk_path(home, intent)
        if intent.batch_id is not None or path.exists() or intent.chunk >= len(chunks):
            continue
        chunk = chunks[intent.chunk]
        if (chunk.requests, chunk.bytes) == (intent.n_requests, intent.n_bytes):
            make_folder(path.parent)
            with storage_errors(path):
                Path(chunk.path).replace(path)
