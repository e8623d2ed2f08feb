"""Requests that the service would refuse, found before they are sent.

The service checks params only while a batch runs, so what is wrong with them shows as
errored results, hours later. These functions say it at once, in sentences that tell
what to do. They do not look into what the service alone can judge, such as a model's
name or a tool's schema.

A valid request is recognised by decoding it into a Struct that has no room for the
faults below; only one that does not fit is looked at closely.

Sources: Message Batches guide and API reference, create; API versions, 2026-10-21.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Generic, TypeAlias, TypeVar, cast

import msgspec
from msgspec import Meta, Raw, Struct

from trio_batches.protocol.limits import MAX_CUSTOM_ID_LENGTH
from trio_batches.types.request import BatchRequest, MessageParams
from trio_batches.types.unknown import encode

__all__ = (
    "STRICTER_SINCE",
    "SoundRequest",
    "UniqueIds",
    "check_custom_id",
    "check_params",
    "check_request",
    "needs_a_closer_look",
    "sound_ids",
)

STRICTER_SINCE: Final = "2026-10-21"
"""The API version that began to refuse sampling parameters, documents in answers, and
citations in a user's text.

Source: API versions.
"""

_CUSTOM_ID = re.compile(rf"[a-zA-Z0-9_-]{{1,{MAX_CUSTOM_ID_LENGTH}}}")
_CUSTOM_IDS = re.compile(rf"(?:{_CUSTOM_ID.pattern}\n)*")
_FOREIGN = re.compile(r"[^a-zA-Z0-9_-]")
_SHOWN = 80
_SAMPLING = ("temperature", "top_p", "top_k")
_KNOWN_KEYS = frozenset(MessageParams.__struct_fields__)
_HINTS = {
    "betas": "name betas for the whole batch, where it is created",
    "extra_body": "put its keys into params themselves",
    "extra_headers": "set headers for the whole batch, where it is created",
    "extra_query": "requests of a batch have no query",
    "timeout": "requests of a batch have no timeout",
}

# What msgspec raises: the last two for bytes that are not UTF-8 and for deep nesting.
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)
_ABSENT = Raw()


class _Block(Struct, gc=False):
    type: str
    citations: Raw = _ABSENT


class _Turn(Struct, gc=False):
    role: str
    content: str | list[_Block]


class SoundParams(Struct, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Params without faults that their shape can show; the keys are those of `MessageParams`."""

    model: Annotated[str, Meta(min_length=1)]
    """The model that answers."""
    max_tokens: Annotated[int, Meta(ge=1)]
    """The most tokens to write."""
    messages: Annotated[list[_Turn], Meta(min_length=1)]
    system: Raw = _ABSENT
    tools: Raw = _ABSENT
    tool_choice: Raw = _ABSENT
    thinking: Raw = _ABSENT
    output_config: Raw = _ABSENT
    stop_sequences: Raw = _ABSENT
    metadata: Raw = _ABSENT
    cache_control: Raw = _ABSENT
    container: Raw = _ABSENT
    diagnostics: Raw = _ABSENT
    inference_geo: Raw = _ABSENT
    service_tier: Raw = _ABSENT
    speed: None = None
    stream: bool | None = None
    temperature: Raw = _ABSENT
    top_k: Raw = _ABSENT
    top_p: Raw = _ABSENT
    user_profile_id: Raw = _ABSENT
    workspace_id: Raw = _ABSENT
    mcp_servers: Raw = _ABSENT
    context_management: Raw = _ABSENT
    compaction: Raw = _ABSENT
    fallbacks: Raw = _ABSENT
    fallback_credit_token: Raw = _ABSENT
    billing_policy: Raw = _ABSENT
    thread: Raw = _ABSENT


class SoundRequest(Struct, gc=False, forbid_unknown_fields=True):
    """A request without faults that its shape can show."""

    custom_id: str
    params: SoundParams


_VIEW = msgspec.json.Decoder(SoundParams)
_REQUESTS = msgspec.json.Decoder(SoundRequest)

PlaceT = TypeVar("PlaceT")


class UniqueIds(Generic[PlaceT]):
    """The ids of many requests and the place where each was seen first."""

    def __init__(self) -> None:
        self._places: dict[str, PlaceT] = {}

    def __len__(self) -> int:
        """Return how many different ids there are."""
        return len(self._places)

    def add_new(self, places: Mapping[str, PlaceT]) -> bool:
        """Note many ids if all of them are new; tell whether they were."""
        if not self._places.keys().isdisjoint(places):
            return False
        self._places.update(places)
        return True

    def add(self, custom_id: str, place: PlaceT) -> PlaceT | None:
        """Note an id; return the place where it was seen before, or None if it is new."""
        count = len(self._places)
        first = self._places.setdefault(custom_id, place)
        return None if len(self._places) > count else first


def check_custom_id(custom_id: object) -> str | None:
    """Return what is wrong with a `custom_id`, or None if it can be sent."""
    if not isinstance(custom_id, str):
        return "custom_id must be a string"
    if _CUSTOM_ID.fullmatch(custom_id):
        return None
    if not custom_id:
        return "custom_id is empty: give the request a name that is unique in its batch"
    if foreign := _FOREIGN.search(custom_id):
        return (
            f"custom_id {_show(custom_id)} contains {_show(foreign[0])}: "
            f"use only letters, digits, _ and -"
        )
    return (
        f"custom_id {_show(custom_id)} has {len(custom_id):,} characters: "
        f"use at most {MAX_CUSTOM_ID_LENGTH}"
    )


def check_params(
    params: MessageParams | Mapping[str, object] | Raw | bytes,
    *,
    anthropic_version: str,
    allow_unknown: bool = False,
) -> list[str]:
    """Return what is wrong with a request's params, one sentence for each fault.

    Args:
        params: The params, or their JSON.
        anthropic_version: The API version that the batch will be created with,
            such as `2026-10-21`.
        allow_unknown: Let keys pass that this release does not know, for those that
            the service takes since. Arguments of other clients, as `betas`, never pass.
    """
    if not isinstance(params, Raw | bytes):
        try:
            params = encode(params)
        except (TypeError, ValueError, RecursionError) as error:
            return [f"params cannot be written as JSON: {error}"]
    stricter = anthropic_version >= STRICTER_SINCE
    try:
        view = _VIEW.decode(params)
    except _UNFIT:
        return _explain(params, stricter=stricter, allow_unknown=allow_unknown)
    if view.stream or (stricter and needs_a_closer_look(view)):
        return _explain(params, stricter=stricter, allow_unknown=allow_unknown)
    return []


def check_request(
    request: BatchRequest, *, anthropic_version: str, allow_unknown: bool = False
) -> list[str]:
    """Return what is wrong with a request; the arguments are those of `check_params`.

    Whether its `custom_id` is unique among others cannot be told of one request.
    """
    faults = check_params(
        request.params, anthropic_version=anthropic_version, allow_unknown=allow_unknown
    )
    reason = check_custom_id(request.custom_id)
    return faults if reason is None else [reason, *faults]


def sound_ids(lines: bytes, *, anthropic_version: str) -> list[str] | None:
    """Return the ids of many requests that have no faults; None if any may have one.

    Whether they are unique is for `UniqueIds` to tell.

    Args:
        lines: The requests in JSON, one a line.
        anthropic_version: As in `check_params`.
    """
    stricter = anthropic_version >= STRICTER_SINCE
    try:
        requests = _REQUESTS.decode_lines(lines)
    except _UNFIT:
        return None
    for request in requests:
        if request.params.stream or (stricter and needs_a_closer_look(request.params)):
            return None
    ids = [request.custom_id for request in requests]
    joined = "\n".join([*ids, ""])
    fit = joined.count("\n") == len(ids) and _CUSTOM_IDS.fullmatch(joined)
    return ids if fit else None


def needs_a_closer_look(view: SoundParams) -> bool:
    """Tell whether there is anything that the stricter API version may refuse."""
    if view.temperature is not _ABSENT or view.top_p is not _ABSENT or view.top_k is not _ABSENT:
        return True
    for turn in view.messages:
        if isinstance(turn.content, str):
            continue
        for block in turn.content:
            if block.citations is not _ABSENT or block.type == "document":
                return True
    return False


_Object: TypeAlias = dict[str, object]


def _explain(params: Raw | bytes, *, stricter: bool, allow_unknown: bool) -> list[str]:
    try:
        fields = msgspec.json.decode(params)
    except _UNFIT as error:
        return [f"params cannot be read as JSON: {error}"]
    if not isinstance(fields, dict):
        return ["params must be a JSON object"]
    fields = cast("_Object", fields)
    faults = [*_required(fields), *_not_in_batches(fields)]
    if stricter:
        faults += _refused_by_version(fields)
    faults += _unknown_keys(fields, allow_unknown=allow_unknown)
    return faults


def _required(fields: _Object) -> Iterator[str]:
    model = fields.get("model")
    if model is None:
        yield "model is missing: name the model that answers"
    elif not isinstance(model, str) or not model:
        yield "model must be a string that names the model"
    max_tokens = fields.get("max_tokens")
    if max_tokens is None:
        yield "max_tokens is missing: set it to 1 or more"
    elif not isinstance(max_tokens, int) or isinstance(max_tokens, bool) or max_tokens < 1:
        yield f"max_tokens must be a whole number of 1 or more, not {_show(max_tokens)}"
    messages = fields.get("messages")
    if messages is None:
        yield "messages is missing: begin the conversation with a user's message"
    elif not isinstance(messages, list):
        yield "messages must be a list"
    elif not messages:
        yield "messages is empty: begin the conversation with a user's message"


def _not_in_batches(fields: _Object) -> Iterator[str]:
    stream = fields.get("stream")
    if stream is not None and stream is not False:
        yield "stream must be left out: a batch does not stream"
    if fields.get("speed") is not None:
        yield "speed must be left out: batches have no fast mode"


def _refused_by_version(fields: _Object) -> Iterator[str]:
    advice = f"create the batch with an API version before {STRICTER_SINCE}"
    for key in _SAMPLING:
        if fields.get(key) is not None:
            yield f"{key} must be left out, even at its default: remove it, or {advice}"
    for place, role, block in _blocks(fields.get("messages")):
        kind = block.get("type")
        if role == "assistant" and kind == "document":
            yield (
                f"{place}: a document cannot stand in an answer: "
                f"move it to a user's message, or {advice}"
            )
        if role == "user" and kind == "text" and block.get("citations"):
            yield f"{place}: a user's text cannot have citations: remove them, or {advice}"


def _blocks(messages: object) -> Iterator[tuple[str, object, _Object]]:
    """Yield the place, the role and the block of each block directly in a message."""
    for i, message in enumerate(_items(messages)):
        if isinstance(message, dict):
            turn = cast("_Object", message)
            for j, block in enumerate(_items(turn.get("content"))):
                if isinstance(block, dict):
                    place = f"messages[{i}].content[{j}]"
                    yield place, turn.get("role"), cast("_Object", block)


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _unknown_keys(fields: _Object, *, allow_unknown: bool) -> Iterator[str]:
    for key in sorted(fields.keys() - _KNOWN_KEYS):
        if key in _HINTS:
            yield f"{key} is no key of params: {_HINTS[key]}"
        elif not allow_unknown:
            yield f"{_show(key)} is no key of params: remove it, or check its spelling"


def _show(value: object) -> str:
    """Quote a value of the input on one line, without control or foreign characters."""
    shown = ascii(value)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
