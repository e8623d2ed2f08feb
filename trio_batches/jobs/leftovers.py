"""What submissions leave on the disk when their process ends in the middle."""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from trio_batches.errors import AlreadySubmittedError
from trio_batches.store.disk import make_folder, storage_errors
from trio_batches.store.kept_requests import put_away, set_aside
from trio_batches.store.spool import lock_folder, spool_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trio_batches.store import Home
    from trio_batches.store.chunk import Chunk
    from trio_batches.store.ledger import Ledger
    from trio_batches.store.ledger_rows import Intent

__all__ = ("check_kept", "remake", "tidy")


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
        shutil.rmtree(folder, ignore_errors=True)
    for intent in intents:
        path = Path(intent.input_path or "")
        if intent.batch_id is not None:
            put_away(home, path, intent.batch_id, keep=True)
        elif intent.state == "abandoned":
            set_aside(home, path, intent.id)


def remake(intents: Iterable[Intent], chunks: Sequence[Chunk]) -> None:
    """Put requests that were read again where they are missing.

    Args:
        intents: Of an earlier submission of the same requests.
        chunks: As they are cut now.
    """
    for intent in intents:
        path = Path(intent.input_path or "")
        if intent.batch_id is not None or path.exists() or intent.chunk >= len(chunks):
            continue
        chunk = chunks[intent.chunk]
        if (chunk.requests, chunk.bytes) == (intent.n_requests, intent.n_bytes):
            make_folder(path.parent)
            with storage_errors(path):
                Path(chunk.path).replace(path)


async def check_kept(
    ledger: Ledger, home: Home, chunks: Sequence[Chunk], parents: Sequence[str]
) -> None:
    """Look for requests among those of batches that the ledger, made anew, does not know of.

    Args:
        ledger: An open ledger.
        home: Where requests are kept.
        chunks: The requests.
        parents: Batches whose requests are sent again.

    Raises:
        AlreadySubmittedError: There they are.
    """
    kept = await trio.to_thread.run_sync(_find_kept, home, chunks)
    lost = [name for name in kept if await ledger.intent_of_batch(name) is None]
    if unknown := [name for name in lost if name not in parents]:
        raise AlreadySubmittedError(unknown)


def _find_kept(home: Home, chunks: Iterable[Chunk]) -> list[str]:
    """Return the batches whose requests, kept here, are those of a chunk."""
    sizes = {chunk.bytes + chunk.requests: chunk.path for chunk in chunks}
    with storage_errors(home.requests), os.scandir(home.requests) as entries:
        return [
            entry.name.removesuffix(".jsonl")
            for entry in entries
            if entry.name.endswith(".jsonl")
            and (path := sizes.get(entry.stat().st_size)) is not None
            and filecmp.cmp(path, entry.path, shallow=False)
        ]
