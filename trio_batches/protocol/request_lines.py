"""Lines of an input file: requests in their own form, or in the older one with a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import msgspec
from msgspec import Raw, Struct

from trio_batches.protocol.limits import MAX_BODY_BYTES, body_bytes
from trio_batches.protocol.validation import (
    STRICTER_SINCE,
    SoundRequest,
    check_custom_id,
    check_params,
    needs_a_closer_look,
)
from trio_batches.types import BatchRequest, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("MAX_REQUEST_BYTES", "RequestLine", "RequestReader")

MAX_REQUEST_BYTES: Final = MAX_BODY_BYTES - body_bytes(1, 0)
"""What a request may have if it is the only one of its batch."""

MESSAGES_URL = "/v1/messages"
_NATIVE_KEYS = frozenset({"custom_id", "params"})
_OLDER_KEYS = frozenset({"custom_id", "method", "url", "body"})

_Fields = dict[str, Raw]


class RequestLine(Struct, gc=False, kw_only=True):
    """What a line of an input file holds."""

    custom_id: str = ""
    """As far as it could be read."""
    encoded: bytes = b""
    """The request on one line, as it is sent; nothing if it cannot be."""
    model: str = ""
    max_tokens: int = 0
    faults: list[str] = []
    """A sentence for each; none if it can be sent."""


class _Cost(Struct, gc=False):
    model: str
    max_tokens: int


_SOUND = msgspec.json.Decoder(SoundRequest)
_FIELDS = msgspec.json.Decoder(_Fields)
_COST = msgspec.json.Decoder(_Cost)
_VALUE = msgspec.json.Decoder()
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)


@final
class RequestReader:
    """Reads lines `{"custom_id", "params"}`, or the older `{"custom_id", "method", "url", "body"}`.

    Args:
        anthropic_version: The API version that the batches will be created with.
    """

    def __init__(self, *, anthropic_version: str) -> None:
        self._anthropic_version = anthropic_version
        self._stricter = anthropic_version >= STRICTER_SINCE

    def read(self, line: bytes) -> RequestLine:
        """Read a line without its end, and say what is wrong with it."""
        try:
            sound = _SOUND.decode(line)
        except _UNFIT:
            return self._read_closely(line)
        params = sound.params
        if (
            params.stream
            or (self._stricter and needs_a_closer_look(params))
            or check_custom_id(sound.custom_id)
            or not _is_plain(line)
        ):
            return self._read_closely(line)
        return RequestLine(
            custom_id=sound.custom_id,
            encoded=line,
            model=params.model,
            max_tokens=params.max_tokens,
        )

    def _read_closely(self, line: bytes) -> RequestLine:
        try:
            line.decode()  # as in `_is_utf8`
            fields = _FIELDS.decode(line)
        except _UNFIT as error:
            return RequestLine(faults=[f"not a JSON object: {error}"])
        faults = list(_faults_of_shape(fields))
        custom_id = _text(fields.get("custom_id"))
        if "custom_id" in fields and (reason := check_custom_id(custom_id)):
            faults.append(reason)
        params = fields.get("params", fields.get("body"))
        if params is not None:
            faults += check_params(params, anthropic_version=self._anthropic_version)
        if faults or params is None:
            return RequestLine(custom_id=custom_id, faults=faults)
        return _without_line_feeds(custom_id, params)


def _without_line_feeds(custom_id: str, params: Raw) -> RequestLine:
    encoded = encode(BatchRequest(custom_id, params))
    if b"\n" in encoded:  # of JSON that was given in several lines
        encoded = msgspec.json.format(encoded, indent=-1)
    if len(encoded) > MAX_REQUEST_BYTES:
        reason = (
            f"the request has {len(encoded):,} bytes: the service takes "
            f"{MAX_REQUEST_BYTES:,} at most"
        )
        return RequestLine(custom_id=custom_id, faults=[reason])
    cost = _COST.decode(params)
    return RequestLine(
        custom_id=custom_id, encoded=encoded, model=cost.model, max_tokens=cost.max_tokens
    )


def _is_plain(line: bytes) -> bool:
    """Tell whether a line can be sent as it stands: small, UTF-8, and no key is there twice."""
    return (
        (line.isascii() or _is_utf8(line))
        and len(line) <= MAX_REQUEST_BYTES
        and b"\n" not in line
        and line.find(b'"params"', line.find(b'"params"') + 1) < 0
        and line.find(b'"custom_id"', line.find(b'"custom_id"') + 1) < 0
    )


def _is_utf8(line: bytes) -> bool:
    """Look at all of it: msgspec does not look into what it only passes on."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _faults_of_shape(fields: _Fields) -> Iterator[str]:
    older = "body" in fields and "params" not in fields
    if "custom_id" not in fields:
        yield "custom_id is missing: give the request a name that is unique in the input"
    if not older and "params" not in fields:
        yield "params is missing: it holds what the Messages API would take"
    for key in sorted(fields.keys() - (_OLDER_KEYS if older else _NATIVE_KEYS)):
        yield f"{key!a} is no key of a request: remove it"
    if older:
        method, url = _text(fields.get("method")), _text(fields.get("url"))
        if method not in ("", "POST"):
            yield f"method is {method!a}: only POST can be batched"
        if url not in ("", MESSAGES_URL):
            yield f"url is {url!a}: only {MESSAGES_URL} can be batched"


def _text(raw: Raw | None) -> str:
    """Return a JSON string; empty for anything else."""
    value: object = "" if raw is None else _VALUE.decode(raw)
    return value if isinstance(value, str) else ""
