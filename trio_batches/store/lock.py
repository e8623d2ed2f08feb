"""Locks between processes, on file systems that have them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from typing import TYPE_CHECKING, Literal

from trio_batches.errors import BusyError, StorageError
from trio_batches.store.disk import storage_errors
from trio_batches.store.path_text import path_text

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ("NO_LOCKS", "Locking", "check_ranges", "exclusive", "try_lock")

NO_LOCKS = (
    "there are no file locks here: let TRIO_BATCHES_HOME name a folder on another file system"
)

Locking = Literal["locked", "busy", "unsupported"]
"""`unsupported`: the file system has no locks, so another process may be at work or not."""


def try_lock(descriptor: int) -> Locking:
    """Lock an open file or folder until it is closed, without waiting; tell whether that worked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "busy"
    except OSError:
        return "unsupported"
    return "locked"


def check_ranges(folder: Path) -> None:
    """See whether parts of files in a folder can be locked, which is what SQLite does.

    It takes some of the errors of a file system without locks for another process
    at work, and waits for that.

    Raises:
        StorageError: They cannot, or no file can be made there.
    """
    with storage_errors(folder), tempfile.TemporaryFile(dir=folder) as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise StorageError(str(folder), NO_LOCKS, errno=exc.errno) from exc


@contextlib.contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Hold a lock that only one process of this machine can have, as long as the block lasts.

    Raises:
        BusyError: Another one has it.
        StorageError: The lock cannot be had: the file system has none, for example.
    """
    with storage_errors(path):
        descriptor = _open_locked(path)
    try:
        yield
    finally:
        # While it is locked: whoever has opened it meanwhile sees that it is gone.
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _open_locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor, path)
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except FileNotFoundError:
            pass  # its owner has removed it
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    locking = try_lock(descriptor)
    if locking == "busy":
        raise BusyError(f"{path_text(path)}: another process is at work on this")
    if locking == "unsupported":
        path.unlink(missing_ok=True)
        raise StorageError(str(path.parent), NO_LOCKS)
