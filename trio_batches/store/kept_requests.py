"""The requests of batches that were made: kept under their ids, or removed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from trio_batches.store.disk import make_folder, storage_errors, sync_folder
from trio_batches.store.spool import WHOLE, is_unkept

if TYPE_CHECKING:
    from trio_batches.store.home import Home
    from trio_batches.store.ledger_rows import Intent

__all__ = ("chunk_path", "put_away", "requests_path", "set_aside")


def chunk_path(home: Home, intent: Intent) -> Path:
    """Return where an intent's requests are until it is settled, wherever the home is by now."""
    written = Path(intent.input_path or "none")
    return home.requests / written.parent.name / written.name


def requests_path(home: Home, batch_id: str) -> Path:
    """Return where the requests of a batch are kept, if they are."""
    return home.requests / f"{batch_id}.jsonl"


def put_away(home: Home, path: Path, batch_id: str, *, keep: bool) -> None:
    """Keep a chunk's requests under its batch's id, or remove them; once more does no harm.

    Args:
        home: Where they are kept.
        path: The chunk's file.
        batch_id: What it became.
        keep: False removes it; so does the name of a folder that was not to be kept.

    Raises:
        StorageError: The disk is full or failing.
    """
    _put(path, requests_path(home, batch_id) if keep and _is_name(batch_id) else None)


def set_aside(home: Home, path: Path, intent_id: str) -> Path | None:
    """Keep the requests of a create that was given up; once more does no harm.

    Args:
        home: Where they are kept.
        path: The chunk's file.
        intent_id: What it was to be.

    Returns:
        Where they are now; None if they were not to be kept, or are gone.

    Raises:
        StorageError: The disk is full or failing.
    """
    target = home.requests / "abandoned" / f"{intent_id}.jsonl"
    if path.exists() and not is_unkept(path.parent):
        make_folder(target.parent)
    _put(path, target)
    return target if target.exists() else None


def _put(path: Path, target: Path | None) -> None:
    with storage_errors(path), contextlib.suppress(FileNotFoundError):
        if target is not None and not is_unkept(path.parent):
            path.replace(target)
            sync_folder(target.parent)
        else:
            path.unlink()
    with contextlib.suppress(OSError):  # others are in it still, or it is gone
        if [left.name for left in path.parent.iterdir()] == [WHOLE]:
            (path.parent / WHOLE).unlink()
        path.parent.rmdir()


def _is_name(batch_id: str) -> bool:
    """Tell whether an id of the service can be a file's name; ids come from outside."""
    return Path(batch_id).name == batch_id and batch_id[:1] not in ("", ".")
