"""Exit codes that a script can branch on."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from trio_batches.errors import (
    AuthenticationError,
    BatchNotEndedError,
    BillingError,
    ConfigurationError,
    CredentialsError,
    IncompleteResultsError,
    InvalidIdError,
    InvalidRequestsError,
    NotFoundError,
    NotVerifiedError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitError,
    ResultsGoneError,
    StorageError,
    TrioBatchesError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("Exit", "exit_of", "exit_of_all")


class Exit(IntEnum):
    """What became of a command."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    TRY_AGAIN = 5
    INTEGRITY = 6
    INTERRUPTED = 7
    DISK = 8
    LIMITED = 11
    IN_PROGRESS = 12


_EXITS: tuple[tuple[tuple[type[TrioBatchesError], ...], Exit], ...] = (
    ((CredentialsError, AuthenticationError, PermissionDeniedError, BillingError), Exit.REFUSED),
    ((ConfigurationError, InvalidRequestsError, InvalidIdError, NotVerifiedError), Exit.USAGE),
    ((NotFoundError, ResultsGoneError), Exit.NOT_FOUND),
    ((ProtocolError, IncompleteResultsError), Exit.INTEGRITY),
    ((StorageError,), Exit.DISK),
    ((RateLimitError,), Exit.LIMITED),
    ((BatchNotEndedError,), Exit.IN_PROGRESS),
    ((TrioBatchesError,), Exit.TRY_AGAIN),
)


def exit_of(error: TrioBatchesError) -> Exit:
    """Return the exit code of an error."""
    return next(code for kinds, code in _EXITS if isinstance(error, kinds))


def exit_of_all(errors: Iterable[TrioBatchesError]) -> Exit:
    """Return the exit code of a command that failed for some of its batches.

    One kind of failure keeps its code; of several, a breach of integrity counts most.
    """
    codes = {exit_of(error) for error in errors}
    if not codes:
        return Exit.DONE
    if len(codes) == 1:
        return codes.pop()
    return Exit.INTEGRITY if Exit.INTEGRITY in codes else Exit.TRY_AGAIN
