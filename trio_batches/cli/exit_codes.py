"""Exit codes that a script can branch on."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from trio_batches.errors import (
    AlreadySubmittedError,
    AuthenticationError,
    BadRequestError,
    BatchNotEndedError,
    BillingError,
    ConfigurationError,
    CredentialsError,
    ForeignOriginError,
    IncompleteResultsError,
    InvalidIdError,
    InvalidRequestsError,
    NotFoundError,
    NotVerifiedError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitError,
    ResultsGoneError,
    SpendLimitError,
    StorageError,
    TrioBatchesError,
    UnsettledSubmissionError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("Exit", "exit_of", "exit_of_all", "sentence_of")


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


_EXITS: tuple[tuple[tuple[type[TrioBatchesError], ...], Exit, str], ...] = (
    ((CredentialsError,), Exit.REFUSED, ""),
    (
        (AuthenticationError, PermissionDeniedError),
        Exit.REFUSED,
        "check ANTHROPIC_API_KEY and the workspace",
    ),
    ((BillingError,), Exit.REFUSED, "check how the account is paid for"),
    ((AlreadySubmittedError,), Exit.USAGE, "say --again to pay for them once more"),
    ((NotVerifiedError,), Exit.USAGE, "download it first, or say --unverified"),
    ((ConfigurationError, InvalidRequestsError, InvalidIdError), Exit.USAGE, ""),
    ((NotFoundError,), Exit.NOT_FOUND, "`trio-batches list` shows what there is"),
    ((ResultsGoneError,), Exit.NOT_FOUND, ""),
    ((ForeignOriginError,), Exit.INTEGRITY, "check ANTHROPIC_BASE_URL"),
    (
        (ProtocolError, IncompleteResultsError),
        Exit.INTEGRITY,
        "run it again; if it stays, report it to the service with this line",
    ),
    ((StorageError,), Exit.DISK, ""),
    ((SpendLimitError,), Exit.LIMITED, "raise the limit, or wait until it is renewed"),
    ((RateLimitError,), Exit.LIMITED, "run it again later"),
    ((BatchNotEndedError,), Exit.IN_PROGRESS, ""),
    (
        (UnsettledSubmissionError,),
        Exit.TRY_AGAIN,
        "if nothing settles it: `trio-batches ledger abandon {submission:.12}`",
    ),
    ((BadRequestError,), Exit.TRY_AGAIN, ""),  # the service says itself what has to change
    ((TrioBatchesError,), Exit.TRY_AGAIN, "running it again may help"),
)


def exit_of(error: TrioBatchesError) -> Exit:
    """Return the exit code of an error."""
    return next(code for kinds, code, _ in _EXITS if isinstance(error, kinds))


def sentence_of(error: TrioBatchesError) -> str:
    """Return what to tell the user: what happened, where, and what to do."""
    advice = next(advice for kinds, _, advice in _EXITS if isinstance(error, kinds))
    return f"{error}; {advice.format_map(vars(error))}" if advice else str(error)


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
