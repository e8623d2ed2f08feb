"""What the service finds wrong with the params of one request, after the create."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from trio_batches.simulator.catalogue import is_known_model
from trio_batches.simulator.phrases import phrase

__all__ = ("judge_params",)

_OLD_VERSION = "2023-06-01"
_INVALID = "invalid_request_error"
_Given = msgspec.Raw | msgspec.UnsetType


class _Block(msgspec.Struct):
    type: str
    citations: list[msgspec.Raw] | dict[str, msgspec.Raw] | None = None


class _Message(msgspec.Struct):
    role: Literal["user", "assistant", "system"]
    content: str | list[_Block]


class _Params(msgspec.Struct, forbid_unknown_fields=True):
    """Every key that a batched request may have."""

    model: str
    max_tokens: Annotated[int, msgspec.Meta(ge=1)]
    messages: list[_Message]
    stream: bool | None = None
    speed: _Given = msgspec.UNSET
    temperature: _Given = msgspec.UNSET
    top_p: _Given = msgspec.UNSET
    top_k: _Given = msgspec.UNSET
    system: _Given = msgspec.UNSET
    tools: _Given = msgspec.UNSET
    tool_choice: _Given = msgspec.UNSET
    thinking: _Given = msgspec.UNSET
    output_config: _Given = msgspec.UNSET
    stop_sequences: _Given = msgspec.UNSET
    metadata: _Given = msgspec.UNSET
    cache_control: _Given = msgspec.UNSET
    container: _Given = msgspec.UNSET
    diagnostics: _Given = msgspec.UNSET
    inference_geo: _Given = msgspec.UNSET
    service_tier: _Given = msgspec.UNSET
    user_profile_id: _Given = msgspec.UNSET
    workspace_id: _Given = msgspec.UNSET
    mcp_servers: _Given = msgspec.UNSET
    context_management: _Given = msgspec.UNSET
    compaction: _Given = msgspec.UNSET
    fallbacks: _Given = msgspec.UNSET
    fallback_credit_token: _Given = msgspec.UNSET
    billing_policy: _Given = msgspec.UNSET
    thread: _Given = msgspec.UNSET
    output_format: _Given = msgspec.UNSET


class _ModelOnly(msgspec.Struct):
    model: str | None = None


_decoder = msgspec.json.Decoder(_Params)
_model_decoder = msgspec.json.Decoder(_ModelOnly)


def judge_params(raw: msgspec.Raw, *, version: str) -> tuple[str | None, tuple[str, str] | None]:
    """Return the model of a request, and the type and message of its error if it has one.

    Args:
        raw: The JSON of the params, known to be well-formed.
        version: The `anthropic-version` that the batch was created with.
    """
    try:
        params = _decoder.decode(raw)
    except msgspec.ValidationError as error:
        return _read_model(raw), (_INVALID, phrase(str(error)))
    if not is_known_model(params.model):
        return None, ("not_found_error", f"model: {params.model}")
    complaint = _complain(params, version)
    return params.model, None if complaint is None else (_INVALID, complaint)


def _read_model(raw: msgspec.Raw) -> str | None:
    try:
        model = _model_decoder.decode(raw).model
    except msgspec.ValidationError:
        return None
    return model if model is not None and is_known_model(model) else None


def _complain(params: _Params, version: str) -> str | None:
    """Return what is wrong with params whose shape is right."""
    if params.stream:
        return "stream: Streaming is not supported in batches"
    if params.speed is not msgspec.UNSET:
        return "speed: Fast mode is not supported in batches"
    if not params.messages:
        return "messages: at least one message is required"
    return None if version == _OLD_VERSION else _complain_of_version(params)


def _complain_of_version(params: _Params) -> str | None:
    """Return what the API version 2026-10-21 refuses and older ones take."""
    for name in ("temperature", "top_p", "top_k"):
        if getattr(params, name) is not msgspec.UNSET:
            return f"{name}: Extra inputs are not permitted"
    for place, message in enumerate(params.messages):
        blocks = () if isinstance(message.content, str) else message.content
        for at, block in enumerate(blocks):
            if message.role == "assistant" and block.type == "document":
                return f"messages.{place}.content.{at}: document blocks are for user messages"
            if message.role == "user" and block.type == "text" and block.citations:
                return f"messages.{place}.content.{at}.citations: Extra inputs are not permitted"
    return None
