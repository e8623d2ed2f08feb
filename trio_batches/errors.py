"""Every exception that the library raises on purpose.

They are told apart by who has to act::

    TrioBatchesError
    ├── ConfigurationError            the caller: a setting is missing or wrong
    │   └── CredentialsError          no key, two keys, or one that cannot be sent
    ├── InvalidRequestsError          the caller: requests that must not be sent, all of them named
    │   └── UnjoinableError           failed ones that cannot be sent again
    ├── InvalidIdError                the caller: an id that cannot be part of a path
    ├── TransportError                the network: no answer, or half of one
    ├── APIStatusError                the service said no
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── BillingError              402
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── RequestTimeoutError       408
    │   ├── ConflictError             409
    │   ├── PreconditionFailedError   412
    │   ├── RequestTooLargeError      413
    │   ├── UnprocessableEntityError  422
    │   ├── RequestHeaderFieldsTooLargeError  431
    │   ├── RateLimitError            429
    │   │   └── SpendLimitError       429 that waiting does not cure
    │   ├── ClientClosedRequestError  499
    │   └── ServerError               500 and above
    │       ├── NotImplementedByServiceError  501
    │       ├── ServiceUnavailableError       503
    │       ├── GatewayTimeoutError   504
    │       └── OverloadedError       529
    ├── ProtocolError                 the service sent what it must not send
    │   └── ForeignOriginError        a URL or redirect that leads to another host
    ├── IncompleteResultsError        results that do not match the batch's counts
    ├── BatchNotEndedError            results asked of a batch that still runs
    ├── ResultsGoneError              results that the service no longer keeps
    ├── NotVerifiedError              a delete of results that are nowhere else
    ├── AmbiguousCreateError          a create that may or may not have happened
    ├── AlreadySubmittedError         the same requests, which would be paid for twice
    ├── UnsettledSubmissionError      a lost create that more than one batch may be
    ├── BusyError                     another process is doing the same
    └── StorageError                  the disk: full, read-only, or failing
        └── LedgerVersionError        a ledger that a newer version of the library wrote
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = (
    "APIStatusError",
    "AlreadySubmittedError",
    "AmbiguousCreateError",
    "AuthenticationError",
    "BadRequestError",
    "BatchNotEndedError",
    "BillingError",
    "BusyError",
    "ClientClosedRequestError",
    "ConfigurationError",
    "ConflictError",
    "CredentialsError",
    "ForeignOriginError",
    "GatewayTimeoutError",
    "IncompleteResultsError",
    "InvalidIdError",
    "InvalidRequestsError",
    "LedgerVersionError",
    "NotFoundError",
    "NotImplementedByServiceError",
    "NotVerifiedError",
    "OverloadedError",
    "PermissionDeniedError",
    "Phase",
    "PreconditionFailedError",
    "ProtocolError",
    "RateLimitError",
    "RequestHeaderFieldsTooLargeError",
    "RequestTimeoutError",
    "RequestTooLargeError",
    "ResultsGoneError",
    "ServerError",
    "ServiceUnavailableError",
    "SpendLimitError",
    "StorageError",
    "TransportError",
    "TrioBatchesError",
    "UnjoinableError",
    "UnprocessableEntityError",
    "UnsettledSubmissionError",
    "status_error_class",
)


class TrioBatchesError(Exception):
    """The root of every exception that the library raises on purpose."""

    @override
    def __reduce__(self) -> tuple[object, ...]:
        """Copy and pickle by attributes: the arguments of most subclasses are not in `args`."""
        return _restore, (type(self), self.args), vars(self)


def _restore(kind: type[TrioBatchesError], args: tuple[object, ...]) -> TrioBatchesError:
    return kind.__new__(kind, *args)


class ConfigurationError(TrioBatchesError):
    """A setting is missing, malformed or contradicts another one."""


class CredentialsError(ConfigurationError):
    """There is no key or token, there are two, or it cannot be put into a header.

    The message names the setting, never the secret.
    """


class InvalidRequestsError(TrioBatchesError):
    """Requests that the service would refuse; nothing was sent.

    Attributes:
        faults: One sentence for each bad request, with its place and its reason.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults: tuple[str, ...] = tuple(faults)
        first, more = self.faults[0], len(self.faults) - 1
        super().__init__(f"{first} (and {more:,} more)" if more else first)


class UnjoinableError(InvalidRequestsError):
    """Failed requests whose inputs cannot be found, or not told apart; nothing was sent."""


class InvalidIdError(TrioBatchesError, ValueError):
    """An id that is empty or would change the path it is put into; nothing was sent."""


Phase = Literal["connecting", "sending", "waiting", "receiving"]
"""How far an exchange had come: in the first two the service cannot have acted on it."""


class TransportError(TrioBatchesError):
    """The connection failed: it was not made, it broke, or nothing came in time.

    Attributes:
        phase: How far the exchange had come. While `connecting` or `sending` a
            request body, the service cannot have acted on the request.
    """

    def __init__(self, message: str, *, phase: Phase) -> None:
        self.phase: Phase = phase
        super().__init__(message)


class APIStatusError(TrioBatchesError):
    """The service answered with an error status.

    Attributes:
        status: The HTTP status.
        error_type: The service's kind of error, such as `invalid_request_error`.
        error_code: The stable key inside `details`, where the service gives one.
        message: The service's own sentence; its wording may change.
        request_id: What to quote to the service's support.
        retry_after: Seconds that the service asked to wait.
    """

    def __init__(  # noqa: PLR0913  # one argument for each attribute
        self,
        message: str,
        *,
        status: int,
        error_type: str | None = None,
        error_code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.message = message
        self.status = status
        self.error_type = error_type
        self.error_code = error_code
        self.request_id = request_id
        self.retry_after = retry_after
        kind = error_code or error_type
        place = f" (request {request_id})" if request_id else ""
        super().__init__(f"{status}{f' {kind}' if kind else ''}: {message}{place}")


class BadRequestError(APIStatusError):
    """400: the request is malformed or breaks a rule."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, wrong or revoked."""


class BillingError(APIStatusError):
    """402: there is no way to pay for the request."""


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: there is no such thing, or this key cannot see it."""


class RequestTimeoutError(APIStatusError):
    """408: the request did not arrive in time."""


class ConflictError(APIStatusError):
    """409: something else changes the same thing."""


class PreconditionFailedError(APIStatusError):
    """412: a condition in the request's headers does not hold."""


class RequestTooLargeError(APIStatusError):
    """413: the body is larger than the service takes."""


class UnprocessableEntityError(APIStatusError):
    """422: the request is well formed, but makes no sense."""


class RateLimitError(APIStatusError):
    """429: too many requests for now."""


class SpendLimitError(RateLimitError):
    """429 because a spend limit is reached: waiting a few seconds does not help."""


class RequestHeaderFieldsTooLargeError(APIStatusError):
    """431: the headers are too large."""


class ClientClosedRequestError(APIStatusError):
    """499: a gateway saw the connection closed before it answered."""


class ServerError(APIStatusError):
    """500 and above: the service failed."""


class NotImplementedByServiceError(ServerError):
    """501: the service does not offer this."""


class ServiceUnavailableError(ServerError):
    """503: the service is down or starting."""


class GatewayTimeoutError(ServerError):
    """504: the service did not answer its gateway in time."""


class OverloadedError(ServerError):
    """529: the service has more work than it can do."""


class ProtocolError(TrioBatchesError):
    """The service, or something between, sent what the protocol does not allow.

    Attributes:
        line: The number of the offending line of a results file, counted from 1.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


class ForeignOriginError(ProtocolError):
    """A URL or redirect leads to another origin than the client's; nothing was sent there."""


class IncompleteResultsError(TrioBatchesError):
    """The results do not match what the batch's counts promise.

    Attributes:
        batch_id: The batch.
        expected: How many results of each type the ended batch counts.
        received: How many arrived, each `custom_id` counted once.
    """

    def __init__(
        self, batch_id: str, *, expected: Mapping[str, int], received: Mapping[str, int]
    ) -> None:
        self.batch_id = batch_id
        self.expected: dict[str, int] = dict(expected)
        self.received: dict[str, int] = dict(received)
        differing = [
            f"{kind} {self.received.get(kind, 0):,} of {self.expected.get(kind, 0):,}"
            for kind in sorted(self.expected.keys() | self.received.keys())
            if self.received.get(kind, 0) != self.expected.get(kind, 0)
        ]
        super().__init__(
            f"{batch_id}: results do not match the batch's counts: {', '.join(differing)}"
        )


class BatchNotEndedError(TrioBatchesError):
    """The batch has no results yet.

    Attributes:
        batch_id: The batch.
        status: Its `processing_status`.
    """

    def __init__(self, batch_id: str, status: str) -> None:
        self.batch_id = batch_id
        self.status = status
        super().__init__(f"{batch_id} is {status}: its results come when it has ended")


class ResultsGoneError(TrioBatchesError):
    """The batch has ended, but the service keeps its results no longer.

    Attributes:
        batch_id: The batch.
    """

    def __init__(self, batch_id: str, reason: str) -> None:
        self.batch_id = batch_id
        super().__init__(f"{batch_id}: {reason}")


class NotVerifiedError(TrioBatchesError):
    """A batch was to be deleted whose results have no verified copy; nothing was deleted.

    Attributes:
        batch_id: The batch.
    """

    def __init__(self, batch_id: str, folder: str) -> None:
        self.batch_id = batch_id
        super().__init__(
            f"{batch_id}: {folder} holds no verified copy of its results: nothing was deleted"
        )


class AmbiguousCreateError(TrioBatchesError):
    """A create was sent and no clear answer came back: the batch may exist and be paid for.

    Look for it before sending the requests again: list the newest batches and
    compare their total count and `created_at` with the attributes below.

    Attributes:
        request_count: How many requests the batch would have.
        sent_at: When the create was sent, in RFC 3339.
    """

    def __init__(self, reason: str, *, request_count: int, sent_at: str) -> None:
        self.request_count = request_count
        self.sent_at = sent_at
        super().__init__(
            f"no clear answer to a create of {request_count:,} requests sent at {sent_at}: "
            f"{reason}; "
            f"it may exist: list the newest batches and look for one with "
            f"{request_count:,} requests before sending them again"
        )


class AlreadySubmittedError(TrioBatchesError):
    """The same requests have been submitted before; nothing was sent.

    Attributes:
        batch_ids: The batches that they became.
    """

    def __init__(self, batch_ids: Sequence[str]) -> None:
        self.batch_ids: tuple[str, ...] = tuple(batch_ids)
        super().__init__(
            f"the same requests have been submitted already, as {', '.join(batch_ids)}: "
            f"nothing was sent"
        )


class UnsettledSubmissionError(TrioBatchesError):
    """A reply was lost, and it cannot be told yet what came of the create; nothing was sent again.

    Attributes:
        batch_ids: The batches that it may be; none if this is not the workspace it was sent to.
    """

    def __init__(self, requests: int, batch_ids: Sequence[str]) -> None:
        self.batch_ids: tuple[str, ...] = tuple(batch_ids)
        found = (
            f"it may have made any of {', '.join(batch_ids)}: resume the submission when these "
            f"have ended, and their results tell which"
            if batch_ids
            else "no batch that was in the workspace then is in this one: "
            "resume the submission with the key that began it"
        )
        super().__init__(
            f"the reply to a create of {requests:,} requests was lost, and {found}; "
            f"nothing was sent again"
        )


class BusyError(TrioBatchesError):
    """Another process is doing the same thing."""


class StorageError(TrioBatchesError):
    """The disk is full, read-only or failing.

    Attributes:
        path: The file or folder it happened to.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
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


_CLASS_OF_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: BillingError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    409: ConflictError,
    412: PreconditionFailedError,
    413: RequestTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    431: RequestHeaderFieldsTooLargeError,
    499: ClientClosedRequestError,
    501: NotImplementedByServiceError,
    503: ServiceUnavailableError,
    504: GatewayTimeoutError,
    529: OverloadedError,
}

SPEND_LIMIT_CODES = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
    }
)
"""Values of `error_code` that no waiting cures within a session."""


def status_error_class(status: int, error_code: str | None = None) -> type[APIStatusError]:
    """Return the class for an error status, the closest one for a status nobody listed."""
    if status == 429 and error_code in SPEND_LIMIT_CODES:  # noqa: PLR2004
        return SpendLimitError
    fallback = ServerError if status >= 500 else APIStatusError  # noqa: PLR2004
    return _CLASS_OF_STATUS.get(status, fallback)
