"""Locks between processes, on file systems that have them."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, Literal

from trio_batches.errors import BusyError, StorageError
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ("Locking", "exclusive", "try_lock")

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
        raise BusyError(f"{path}: another process is at work on this")
    if locking == "unsupported":
        path.unlink(missing_ok=True)
        raise StorageError(
            str(path.parent),
            "there are no file locks here, and without them two processes could send the same "
            "requests: let TRIO_BATCHES_HOME name a folder on another file system",
        )
