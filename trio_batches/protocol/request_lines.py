"""Lines of an input file: requests in their own form, or in the older one with a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw, Struct

from trio_batches.protocol.validation import check_custom_id, check_params
from trio_batches.types import BatchRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("read_request_line",)

MESSAGES_URL = "/v1/messages"
_NATIVE_KEYS = frozenset({"custom_id", "params"})
_OLDER_KEYS = frozenset({"custom_id", "method", "url", "body"})

_Fields = dict[str, Raw]


class _Native(Struct, gc=False, forbid_unknown_fields=True):
    custom_id: str
    params: Raw


_NATIVE = msgspec.json.Decoder(_Native)
_FIELDS = msgspec.json.Decoder(_Fields)
_VALUE = msgspec.json.Decoder()
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)


def read_request_line(
    line: bytes, *, anthropic_version: str
) -> tuple[BatchRequest | None, str, list[str]]:
    """Read a line of an input file and say what is wrong with it.

    Args:
        line: `{"custom_id", "params"}`, or the older `{"custom_id", "method", "url",
            "body"}`, whose body becomes the params.
        anthropic_version: The API version that the batch will be created with.

    Returns:
        The request, None if it cannot be sent; its `custom_id` as far as it
        could be read; and a sentence for each fault.
    """
    try:
        native = _NATIVE.decode(line)
        custom_id, params = native.custom_id, native.params
        faults: list[str] = []
    except _UNFIT:
        try:
            fields = _FIELDS.decode(line)
        except _UNFIT as error:
            return None, "", [f"not a JSON object: {error}"]
        faults = list(_faults_of_shape(fields))
        custom_id = _text(fields.get("custom_id"))
        found = fields.get("params", fields.get("body"))
        if found is None or "custom_id" not in fields:
            return None, custom_id, faults
        params = found
    if reason := check_custom_id(custom_id):
        faults.append(reason)
    faults += check_params(params, anthropic_version=anthropic_version)
    return (None if faults else BatchRequest(custom_id, params)), custom_id, faults


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
