"""The error envelope, as it comes with an error status and inside an errored result.

Source: API reference, errors.
"""

from typing import ClassVar, Literal

import msgspec
from msgspec import Struct

__all__ = ("ErrorBody", "ErrorDetail", "ErrorDetails", "decode_error")


class ErrorDetails(Struct, frozen=True, gc=False, omit_defaults=True):
    """What programs can rely on about an error."""

    error_code: str | None = None
    """The stable key of the error, such as `enforced_spend_limit_reached`."""
    appeal_url: str | None = None
    """Where to object, for `organization_on_hold`."""


class ErrorDetail(Struct, frozen=True, gc=False, omit_defaults=True):
    """One error."""

    type: str
    """The kind of error, such as `invalid_request_error`."""
    message: str = ""
    """A sentence for people; its wording may change."""
    details: ErrorDetails | None = None
    """The stable key and what belongs to it; errored results have none."""

    @property
    def error_code(self) -> str | None:
        """The stable key inside `details`, if the service gave one."""
        return self.details.error_code if self.details is not None else None


class ErrorBody(Struct, frozen=True, gc=False, omit_defaults=True, tag="error"):
    """An error in its envelope."""

    type: ClassVar[Literal["error"]] = "error"
    error: ErrorDetail
    """The error itself."""
    request_id: str | None = None
    """What to quote to the service's support."""


class _Bare(Struct, frozen=True, gc=False):
    type: str
    message: str = ""


class _BareBody(Struct, frozen=True, gc=False):
    error: _Bare


_ERROR_BODY = msgspec.json.Decoder(ErrorBody)
_BARE_BODY = msgspec.json.Decoder(_BareBody)
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)


def decode_error(body: bytes) -> ErrorBody | None:
    """Return the error that the body of an error answer describes, or None.

    None stands for a body that is empty, not JSON or of another shape, such as
    the page that a proxy sends instead of the service. This never raises.
    """
    try:
        return _ERROR_BODY.decode(body)
    except _UNFIT:
        pass
    try:
        bare = _BARE_BODY.decode(body).error
    except _UNFIT:
        return None
    return ErrorBody(ErrorDetail(bare.type, bare.message))
