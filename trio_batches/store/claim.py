"""Which process of this machine is at work on something, so that no other one does it too."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, final

from trio_batches.errors import BusyError
from trio_batches.store.disk import storage_errors
from trio_batches.store.lock import open_locked

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("Claim",)


@final
class Claim:
    """A file that one process has locked, until it releases it or ends.

    It is a courtesy that saves work: where a file system has no locks, or takes
    them and does not keep them, as some network ones do, nothing breaks.

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
            self._descriptor, locking = open_locked(path)
        if locking == "busy":
            os.close(self._descriptor)
            raise BusyError(f"{what}: another process is at work on it")

    def release(self) -> None:
        """Let others have it."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):  # an empty file does no harm
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = -1
