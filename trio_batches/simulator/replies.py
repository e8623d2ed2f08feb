"""What the service answers, before it becomes bytes on a connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ("RefusalError", "Reply", "Request", "write_json")

_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_FIRST_SERVER_ERROR = 500


@dataclass(slots=True, kw_only=True)
class Request:
    """One request, its body whole.

    Attributes:
        query: The parameters behind the path, the last one of each name.
        headers: By lower-case name.
        results_url: What batches name as their `results_url`, `{id}` for the batch's id.
        body_is_too_large: The body was read to its end, but not kept.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytearray
    results_url: str
    body_is_too_large: bool = False


@dataclass(slots=True, kw_only=True)
class Reply:
    """One answer: a body that is there, or one that is generated while it is sent.

    Attributes:
        body: A short one, sent with its length.
        blocks: Pieces of a long one, sent in chunks in place of `body`.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    blocks: Iterator[bytes] | None = None


class RefusalError(Exception):
    """The service says no.

    Attributes:
        status: The HTTP status.
        error_type: As in `error.type`.
        error_code: As in `error.details.error_code`.
        headers: What the answer carries beyond the usual.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        error_type: str | None = None,
        error_code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.message = message
        self.error_type: str = error_type or _type_of(status)
        self.error_code = error_code
        self.headers: dict[str, str] = dict(headers or {})
        super().__init__(message)

    def reply(self, request_id: str) -> Reply:
        """Return the answer that says so."""
        error: dict[str, object] = {"type": self.error_type, "message": self.message}
        if self.error_code is not None:
            error["details"] = {"error_code": self.error_code}
        body = {"type": "error", "error": error, "request_id": request_id}
        return write_json(body, status=self.status, headers=self.headers)


def write_json(
    value: object, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return a value as a JSON answer."""
    return Reply(
        status=status,
        headers={"content-type": "application/json", **(headers or {})},
        body=msgspec.json.encode(value),
    )


def _type_of(status: int) -> str:
    fallback = "api_error" if status >= _FIRST_SERVER_ERROR else "invalid_request_error"
    return _ERROR_TYPES.get(status, fallback)
