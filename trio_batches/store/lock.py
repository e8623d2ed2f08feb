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

__all__ = ("NO_LOCKS", "Locking", "check_ranges", "exclusive", "is_at", "open_locked", "try_lock")

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
        descriptor, locking = open_locked(path)
    try:
        if locking == "busy":
            raise BusyError(f"{path_text(path)}: another process is at work on this")
        try:
            if locking == "unsupported":
                raise StorageError(str(path.parent), NO_LOCKS)
            yield
        finally:
            # While it is locked: whoever has opened it meanwhile sees that it is gone.
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def open_locked(path: Path) -> tuple[int, Locking]:
    """Open a lock file, make it if there is none, and try to lock it.

    One that its last owner has removed meanwhile is nobody's lock: another one is made.
    The descriptor is the caller's to close, whatever came of it.
    """
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            locking = try_lock(descriptor)
            if locking == "busy" or is_at(descriptor, path):
                return descriptor, locking
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def is_at(descriptor: int, path: Path) -> bool:
    """Tell whether an open file or folder still has its name, and no other one has got it."""
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
