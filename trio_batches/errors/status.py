"""The service said no: a class for each status."""

from __future__ import annotations

from trio_batches.errors.root import TrioBatchesError

__all__ = (
    "APIStatusError",
    "AuthenticationError",
    "BadRequestError",
    "BillingError",
    "ClientClosedRequestError",
    "ConflictError",
    "GatewayTimeoutError",
    "NotFoundError",
    "NotImplementedByServiceError",
    "OverloadedError",
    "PermissionDeniedError",
    "PreconditionFailedError",
    "RateLimitError",
    "RequestHeaderFieldsTooLargeError",
    "RequestTimeoutError",
    "RequestTooLargeError",
    "ServerError",
    "ServiceUnavailableError",
    "SpendLimitError",
    "UnprocessableEntityError",
    "status_error_class",
)


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
