"""What may be wrong with the ledger's file, and how it is said."""

from __future__ import annotations

import logging

from trio_batches.errors import StorageError

__all__ = ("UnreadableLedger", "say")


class UnreadableLedger(StorageError):  # noqa: N818  # it is caught where the ledger opens
    """The file is no ledger, or a damaged one; it is set aside."""


def say(text: str) -> None:
    """Warn whoever runs this."""
    logging.getLogger("trio_batches").warning("%s", text)
