"""All that is known of one batch, from the ledger and the home's folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio
from msgspec import Struct

from trio_batches import Download, Event, Intent, KnownBatch, Receipt, ResultsFolder

if TYPE_CHECKING:
    from pathlib import Path

    from trio_batches import Home, Ledger

__all__ = ("LocalFile", "Story", "tell_story")

EVENTS = 20


class LocalFile(Struct, frozen=True):
    """A file that belongs to a batch."""

    what: str
    """Such as `results` or `requests`."""

    path: str
    bytes: int


class Story(Struct, frozen=True, kw_only=True):
    """One batch, whole."""

    batch: KnownBatch
    raw: bytes
    """What the service said of it last; empty where only a receipt tells of it."""

    receipt: Receipt | None
    """Of the verified copy in the home, whose file is as it says."""

    downloads: list[Download]
    """Verified copies, in the home and elsewhere."""

    files: list[LocalFile]
    intent: Intent | None
    """The create that made it, if it was made here."""

    children: list[Intent]
    """Creates that sent its failed requests again."""

    events: list[Event]
    """What happened to it, the latest first."""


async def tell_story(ledger: Ledger, home: Home, batch_id: str) -> Story | None:
    """Return all that is known of a batch; None if the ledger has not seen it.

    Raises:
        StorageError: The ledger or a folder cannot be read.
    """
    batch = await ledger.find(batch_id)
    if batch is None:
        return None
    receipt = await trio.to_thread.run_sync(ResultsFolder(home.results).held, batch_id)
    return Story(
        batch=batch,
        raw=(await ledger.raw([batch_id])).get(batch_id, b""),
        receipt=receipt,
        downloads=await ledger.downloads(batch_id),
        files=await trio.to_thread.run_sync(_find_files, home, batch_id),
        intent=await ledger.intent_of_batch(batch_id),
        children=await ledger.intents_of_parent(batch_id),
        events=await ledger.events(batch_id=batch_id, limit=EVENTS),
    )


def _find_files(home: Home, batch_id: str) -> list[LocalFile]:
    found: list[LocalFile] = []
    for what, folder in (("results", home.results), ("requests", home.requests)):
        found += [_describe(what, path) for path in _named(folder, batch_id)]
    return found


def _named(folder: Path, batch_id: str) -> list[Path]:
    """Return the files of a folder that carry a batch's id."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.split(".", 1)[0] == batch_id)


def _describe(what: str, path: Path) -> LocalFile:
    kinds = {".part": "part of them", ".lock": "lock"}
    kind = "receipt" if path.name.endswith(".receipt.json") else kinds.get(path.suffix, what)
    return LocalFile(kind, str(path), path.stat().st_size if path.exists() else 0)
