"""Which process of this machine is at work on something, so that no other one does it too."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, final

from trio_batches.errors import BusyError
from trio_batches.store.disk import storage_errors

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("Claim",)


@final
class Claim:
    """A file that one process has locked, until it releases it or ends.

    It is a courtesy that saves work: where a file system takes locks and does
    not keep them, as some network ones do, nothing breaks.

    Args:
        path: The file; made, and removed at the end.
        what: What is claimed, for the error.

    Raises:
        BusyError: Another process has it, or another task.
        StorageError: The file cannot be made.
    """

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        with storage_errors(path):
            self._descriptor = _lock(path, what)

    def release(self) -> None:
        """Let others have it."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):  # an empty file does no harm
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = -1


def _lock(path: Path, what: str) -> int:
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _flock(descriptor, what)
            if os.fstat(descriptor).st_nlink:
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last owner has removed it meanwhile


def _flock(descriptor: int, what: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError(f"{what}: another process is at work on it") from None
    except OSError:
        pass  # a file system without locks
