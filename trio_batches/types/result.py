"""The lines of a results file, and how they are decoded.

Blocks of lines are decoded in one call, which gives up on the first one that does not
fit: `decode_results`, or `decode_keys` for no more than counting needs. `decode_result`
and `decode_key` take one line and are forgiving: what does not fit is kept as bytes.

Source: Message Batches API reference, results.
"""

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from trio_batches.types.content import ContentBlock
from trio_batches.types.error import ErrorBody, ErrorDetail
from trio_batches.types.json_parts import UNFIT, fields_of, items_of
from trio_batches.types.message import Message
from trio_batches.types.unknown import UnknownBlock, UnknownResult, encode

__all__ = (
    "BatchResult",
    "Canceled",
    "Errored",
    "Expired",
    "KeyLine",
    "Result",
    "ResultKey",
    "Succeeded",
    "decode_key",
    "decode_keys",
    "decode_result",
    "decode_results",
)


class Succeeded(Struct, frozen=True, gc=False, tag="succeeded"):
    """The request was answered."""

    type: ClassVar[Literal["succeeded"]] = "succeeded"
    message: Message


class Errored(Struct, frozen=True, gc=False, tag="errored", rename={"body": "error"}):
    """The request failed; it is not billed.

    An `invalid_request_error` has to be mended first; what failed for any other
    reason can be sent again as it is.
    """

    type: ClassVar[Literal["errored"]] = "errored"
    body: ErrorBody
    """The error in its envelope, which the wire calls `error`."""

    @property
    def error(self) -> ErrorDetail:
        """The error itself, with its `type` and `message`."""
        return self.body.error

    @property
    def request_id(self) -> str | None:
        """What to quote to the service's support, if the service gave it."""
        return self.body.request_id


class Canceled(Struct, frozen=True, gc=False, tag="canceled"):
    """The batch was cancelled before the request was begun; it is not billed."""

    type: ClassVar[Literal["canceled"]] = "canceled"


class Expired(Struct, frozen=True, gc=False, tag="expired"):
    """The request was not begun within 24 hours; it is not billed."""

    type: ClassVar[Literal["expired"]] = "expired"


_KnownResult: TypeAlias = Succeeded | Errored | Canceled | Expired

# For the reason given at `ContentBlock`.
if TYPE_CHECKING:
    Result: TypeAlias = _KnownResult | UnknownResult
    """What became of one request."""
else:
    Result = _KnownResult


class BatchResult(Struct, frozen=True, gc=False):
    """One line of a results file: what became of one request. Lines come in any order."""

    custom_id: str
    """The request's name, as the caller gave it."""
    result: Result
    """What became of it; an `UnknownResult` where the service has added a kind."""


class ResultKey(Struct, frozen=True, gc=False):
    """The kind of a result, its inside left alone."""

    type: str
    """`succeeded`, `errored`, `canceled`, `expired`, or what the service adds later."""


class KeyLine(Struct, frozen=True, gc=False):
    """As much of a line as counting needs."""

    custom_id: str
    """The request's name, as the caller gave it."""
    result: ResultKey
    """The kind of its result."""


_LINE = msgspec.json.Decoder(BatchResult)
_KEYS = msgspec.json.Decoder(KeyLine)
_STRING = msgspec.json.Decoder(str)
_MESSAGE = msgspec.json.Decoder(Message)
_BLOCK: msgspec.json.Decoder[ContentBlock] = msgspec.json.Decoder(ContentBlock)


def decode_results(data: bytes | bytearray | memoryview) -> list[BatchResult]:
    r"""Decode a block of whole lines in one call.

    Lines end in `\n` or `\r\n`; blank ones are skipped, and the last one may lack its end.

    Raises:
        msgspec.DecodeError: A line is malformed, or (`msgspec.ValidationError`) has a
            value that is new or misshapen. Which one is not said: give the lines to
            `decode_result` one by one.
    """
    try:
        return _LINE.decode_lines(data)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def decode_keys(data: bytes | bytearray | memoryview) -> list[KeyLine]:
    """Read ids and kinds of a block of whole lines in one call, without building the messages.

    What the messages hold is checked for being JSON, not for its shape.

    Raises:
        msgspec.DecodeError: A line is malformed, or has no `custom_id` or result type.
    """
    try:
        return _KEYS.decode_lines(data)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def decode_result(line: bytes | bytearray | memoryview) -> BatchResult:
    """Decode one line and keep what does not fit.

    A content block that is new or misshapen, or has such a part, becomes an
    `UnknownBlock`; where more than a block does not fit, the result becomes an
    `UnknownResult`. So does what msgspec cannot read, as half of a surrogate pair.

    Raises:
        ValueError: It is not a JSON object with a string `custom_id` and an object
            `result`; the message says what is wrong.
    """
    try:
        return _LINE.decode(line)
    except UNFIT:
        custom_id, result, fields = _parts(line)
        return BatchResult(custom_id, _keep_result(bytes(result), fields))


def decode_key(line: bytes | bytearray | memoryview) -> KeyLine:
    """Read the id and the kind of one line, whatever else is in its result.

    Raises:
        ValueError: It is not a JSON object with a string `custom_id` and an object
            `result` with a string `type`; the message says what is wrong.
    """
    try:
        return _KEYS.decode(line)
    except UNFIT as error:
        custom_id, _, fields = _parts(line)
        kind = _tag(fields)
        if not kind:
            raise ValueError(str(error)) from error
        return KeyLine(custom_id, ResultKey(kind))


def _parts(line: bytes | bytearray | memoryview) -> tuple[str, Raw, dict[str, Raw]]:
    """Return the `custom_id`, the result as it came, and its fields."""
    try:
        fields = fields_of(line)
        custom_id, result = _STRING.decode(fields["custom_id"]), fields["result"]
        return custom_id, result, fields_of(result)
    except KeyError as error:
        raise ValueError(f"not a result with a custom_id: no {error}") from error
    except (ValueError, *UNFIT) as error:
        raise ValueError(f"not a result with a custom_id: {error}") from error


def _keep_result(raw: bytes, fields: dict[str, Raw]) -> Result:
    kind = _tag(fields)
    if kind == Succeeded.type and "message" in fields:
        message = _keep_message(fields["message"])
        if message is not None:
            return Succeeded(message)
    return UnknownResult(kind, raw)


def _keep_message(raw: Raw) -> Message | None:
    """Decode a message block by block; None if more than a block does not fit."""
    try:
        fields = fields_of(raw)
        blocks = items_of(fields["content"])
        message = _MESSAGE.decode(encode({**fields, "content": ()}))
    except (KeyError, ValueError, *UNFIT):
        return None
    return msgspec.structs.replace(message, content=[_keep_block(block) for block in blocks])


def _keep_block(raw: Raw) -> ContentBlock:
    try:
        return _BLOCK.decode(raw)
    except UNFIT:
        pass
    try:
        kind = _tag(fields_of(raw))
    except ValueError:
        kind = ""
    return UnknownBlock(kind, bytes(raw))


def _tag(fields: dict[str, Raw]) -> str:
    try:
        return _STRING.decode(fields["type"])
    except (KeyError, *UNFIT):
        return ""
