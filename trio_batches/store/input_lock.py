"""One process at a time for the requests of one input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.store.lock import exclusive

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from trio_batches.store.home import Home
    from trio_batches.store.ledger_rows import Intent

__all__ = ("hold_input", "name_of_input")


def name_of_input(intent: Intent) -> str:
    """Return what the intents of one input have in common."""
    return intent.input_sha256 or intent.submission


def hold_input(home: Home, input_: Intent | str) -> AbstractContextManager[None]:
    """Keep other processes of this machine from sending, settling or giving up an input's requests.

    Args:
        home: Where the requests are.
        input_: An intent of the input, or its hash.

    Raises:
        BusyError: On entering: one of them is at it.
        StorageError: On entering: the lock cannot be had.
    """
    name = input_ if isinstance(input_, str) else name_of_input(input_)
    return exclusive(home.requests / f"{name[:32]}.lock")
