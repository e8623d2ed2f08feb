"""The disk, and others who use it."""

from __future__ import annotations

from trio_batches.errors.root import TrioBatchesError

__all__ = ("BusyError", "LedgerVersionError", "StorageError")


class BusyError(TrioBatchesError):
    """Another process is doing the same thing."""


class StorageError(TrioBatchesError):
    """The disk is full, read-only or failing.

    Attributes:
        path: The file or folder it happened to.
        errno: The system's number for what happened; None where it gave none.
    """

    def __init__(self, path: str, reason: str, *, errno: int | None = None) -> None:
        self.path = path
        self.errno: int | None = errno
        super().__init__(f"{path}: {reason}")


class LedgerVersionError(StorageError):
    """The ledger has a form that only a newer version of the library knows; it was left alone.

    Attributes:
        found: The version of the ledger's form.
        known: The newest version that this library knows.
    """

    def __init__(self, path: str, *, found: int, known: int) -> None:
        self.found: int = found
        self.known: int = known
        super().__init__(
            path,
            f"this ledger has version {found}, this trio_batches knows versions up to {known}: "
            f"use a newer trio_batches, or another home",
        )
