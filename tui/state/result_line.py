"""One line of a results file, as far as a row of a table shows it."""

from __future__ import annotations

import json
import re
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from tui.state.row_index import RowIndex

__all__ = ("KINDS", "LONG_LINE", "Kind", "Summary", "kinds_of", "summarize", "summarize_row")

LONG_LINE = 64 << 10
"""Of lines with more bytes, only beginning and end are looked at."""

HEAD_BYTES = 8 << 10
TAIL_BYTES = 4 << 10
TEXT_LENGTH = 200


class Kind(IntEnum):
    """What became of a request, in a byte."""

    SUCCEEDED = 0
    ERRORED = 1
    CANCELED = 2
    EXPIRED = 3
    OTHER = 4
    BROKEN = 5


KINDS: Final = {
    "succeeded": Kind.SUCCEEDED,
    "errored": Kind.ERRORED,
    "canceled": Kind.CANCELED,
    "expired": Kind.EXPIRED,
}


class Summary(Struct, frozen=True, gc=False, kw_only=True):
    """What a row shows of a line.

    Attributes:
        kind: What became of the request.
        type: The wire's word for it; `broken` where the line is no result.
        custom_id: The request's name.
        model: Who answered.
        stop_reason: Why the answer ends.
        tokens_in: Tokens read, from caches or not; None where that is not known.
        tokens_out: Tokens written.
        error_type: The kind of an error.
        text: The first line of the answer, or what went wrong.
    """

    kind: Kind
    type: str
    custom_id: str = ""
    model: str = ""
    stop_reason: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    error_type: str = ""
    text: str = ""


class _Usage(Struct, gc=False):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Block(Struct, gc=False):
    type: str = ""
    text: str = ""
    name: str = ""


class _Message(Struct, gc=False):
    model: str = ""
    content: list[_Block] = []
    stop_reason: str | None = None
    usage: _Usage | None = None


class _Error(Struct, gc=False):
    type: str = ""
    message: str = ""


class _ErrorBody(Struct, gc=False):
    error: _Error | None = None


class _Result(Struct, gc=False):
    type: str
    message: _Message | None = None
    error: _ErrorBody | None = None


class _Line(Struct, gc=False):
    custom_id: str
    result: _Result


class _TypeOnly(Struct, gc=False):
    type: str


class _KeyLine(Struct, gc=False):
    custom_id: str
    result: _TypeOnly


_LINE = msgspec.json.Decoder(_Line)
_KEYS = msgspec.json.Decoder(_KeyLine)
_STRING = msgspec.json.Decoder(str)
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)

# A quote inside a JSON string has a backslash before it, so that no text can look like these.
_CUSTOM_ID = re.compile(rb'"custom_id"\s*:\s*("(?:[^"\\]|\\.)*")')
_TYPE = re.compile(rb'"result"\s*:\s*\{\s*"type"\s*:\s*"(\w+)"')
_MODEL = re.compile(rb'"model"\s*:\s*("(?:[^"\\]|\\.)*")')
_TEXT = re.compile(rb'"text"\s*:\s*("(?:[^"\\]|\\.){0,200})')
_STOP = re.compile(rb'"stop_reason"\s*:\s*("(?:[^"\\]|\\.)*")')
_IN = re.compile(rb'"(?:cache_read_|cache_creation_)?input_tokens"\s*:\s*(\d+)')
_OUT = re.compile(rb'"output_tokens"\s*:\s*(\d+)')


def summarize_row(index: RowIndex, row: int) -> Summary:
    """Return what to show of a line of a file, reading a few KB of it at most."""
    if index.length(row) > LONG_LINE:
        return _summarize_ends(index.line(row, HEAD_BYTES), index.tail(row, TAIL_BYTES))
    return summarize(index.line(row))


def summarize(line: bytes) -> Summary:
    """Return what to show of a line; one that is no result says why."""
    try:
        decoded = _LINE.decode(line)
    except _UNFIT as exc:
        return _summarize_unfit(line, exc)
    result = decoded.result
    kind = KINDS.get(result.type, Kind.OTHER)
    message, error = result.message, result.error
    if message is not None:
        usage = message.usage or _Usage()
        return Summary(
            kind=kind,
            type=result.type,
            custom_id=decoded.custom_id,
            model=message.model,
            stop_reason=message.stop_reason or "",
            tokens_in=_total(usage),
            tokens_out=usage.output_tokens,
            text=_first_line(message.content),
        )
    detail = (error.error if error is not None else None) or _Error()
    return Summary(
        kind=kind,
        type=result.type,
        custom_id=decoded.custom_id,
        error_type=detail.type,
        text=f"{detail.type}: {detail.message}"[:TEXT_LENGTH] if detail.type else "",
    )


def kinds_of(block: bytes, rows: int) -> bytes | None:
    """Return the kinds of the lines of a block; None where one of them is broken.

    Args:
        block: Whole lines.
        rows: How many they are.
    """
    try:
        lines = _KEYS.decode_lines(block)
    except _UNFIT:
        return None
    if len(lines) != rows:
        return None
    return bytes([KINDS.get(line.result.type, Kind.OTHER) for line in lines])


def _summarize_unfit(line: bytes, error: Exception) -> Summary:
    """Say what is wrong with a line, or show what can be known of a result of a new shape."""
    try:
        keys = _KEYS.decode(line)
    except _UNFIT as exc:
        ends = _summarize_ends(line[:HEAD_BYTES], line[-TAIL_BYTES:])
        if ends.kind is not Kind.BROKEN and _is_json(line):  # with half a surrogate pair, or NaN
            return ends
        reason = str(exc) or str(error)
        return Summary(kind=Kind.BROKEN, type="broken", text=f"not a result: {reason}")
    return Summary(
        kind=KINDS.get(keys.result.type, Kind.OTHER),
        type=keys.result.type,
        custom_id=keys.custom_id,
        text="of an unknown shape: the record's raw view shows it",
    )


def _is_json(line: bytes) -> bool:
    """Tell whether the standard library reads a line, which takes more than msgspec does."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _summarize_ends(head: bytes, tail: bytes) -> Summary:
    """Read what is shown of a long line off its beginning and its end."""
    found, custom_id = _TYPE.search(head), _string(_CUSTOM_ID.search(head))
    if found is None or not custom_id:
        text = "the line is too long to tell what it is: the record's raw view shows its beginning"
        return Summary(kind=Kind.BROKEN, type="broken", custom_id=custom_id, text=text)
    word = found[1].decode()
    out = _OUT.search(tail)
    tokens = [int(number) for number in _IN.findall(tail)]
    return Summary(
        kind=KINDS.get(word, Kind.OTHER),
        type=word,
        custom_id=custom_id,
        model=_string(_MODEL.search(head)),
        stop_reason=_string(_STOP.search(tail)),
        tokens_in=sum(tokens) if tokens else None,
        tokens_out=int(out[1]) if out else None,
        text=_string(_TEXT.search(head)).strip().partition("\n")[0],
    )


def _string(found: re.Match[bytes] | None) -> str:
    if found is None:
        return ""
    try:
        return _STRING.decode(found[1] if found[1].endswith(b'"') else found[1] + b'"')
    except _UNFIT:
        return found[1][1:].decode(errors="replace")


def _total(usage: _Usage) -> int | None:
    if usage.input_tokens is None:
        return None
    cached = (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
    return usage.input_tokens + cached


def _first_line(blocks: list[_Block]) -> str:
    for block in blocks:
        text = block.text[: 2 * TEXT_LENGTH].strip()
        if text:
            return text.partition("\n")[0][:TEXT_LENGTH]
    return " ".join(f"[{block.type} {block.name}".rstrip() + "]" for block in blocks[:5])
