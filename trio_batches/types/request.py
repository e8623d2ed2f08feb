"""What one request of a batch consists of.

Source: Message Batches API reference, create; Messages API reference, create.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec import Raw, Struct

__all__ = ("BatchRequest", "JSONObject", "MessageParams", "Params", "decode_request")

# msgspec would build decoders for what it cannot decode (any mapping, a block that is
# only typed for checkers) from the first two; requests are read as their raw JSON.
if TYPE_CHECKING:
    JSONObject: TypeAlias = Mapping[str, object]
    """A JSON object of no fixed shape; content blocks may stand in it as they came."""
else:
    JSONObject = dict[str, object]


class MessageParams(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """The body that the Messages API would take for one request, without streaming.

    What is left None is not sent. Betas are not set here but on the whole batch.
    """

    model: str
    """The model that answers, such as `claude-sonnet-5`."""
    max_tokens: int
    """The most tokens to write, thinking included; at least 1."""
    messages: Sequence[JSONObject]
    """The conversation, oldest message first."""
    system: str | Sequence[JSONObject] | None = None
    """The system prompt, as text or as text blocks."""
    tools: Sequence[JSONObject] | None = None
    tool_choice: JSONObject | None = None
    thinking: JSONObject | None = None
    output_config: JSONObject | None = None
    """Effort, and the schema of a structured answer."""
    stop_sequences: Sequence[str] | None = None
    metadata: JSONObject | None = None
    cache_control: JSONObject | None = None
    """Where to cache the prompt; a batch wants the lifetime of one hour."""
    container: str | JSONObject | None = None
    """The container to go on with, or the skills to load into a new one."""
    diagnostics: JSONObject | None = None
    inference_geo: str | None = None
    """Where the model may run."""
    service_tier: str | None = None
    speed: str | None = None
    """Batches are refused with this; see `trio_batches.protocol.validation`."""
    stream: bool | None = None
    """Batches are refused if this is true."""
    temperature: float | None = None
    """Refused since API version 2026-10-21."""
    top_k: int | None = None
    """Refused since API version 2026-10-21."""
    top_p: float | None = None
    """Refused since API version 2026-10-21."""
    user_profile_id: str | None = None
    """The request fails if this differs from the batch's."""
    workspace_id: str | None = None
    mcp_servers: Sequence[JSONObject] | None = None
    """MCP servers whose tools the service may call (beta)."""
    context_management: JSONObject | None = None
    """What to clear from the conversation, and when (beta)."""
    compaction: JSONObject | None = None
    """When to summarise the conversation (beta)."""
    fallbacks: str | Sequence[JSONObject] | None = None
    """Which models go on after a refusal (beta)."""
    fallback_credit_token: str | JSONObject | None = None
    """From the `stop_details` of a refused attempt (beta)."""
    billing_policy: JSONObject | None = None
    """Who pays (beta)."""
    thread: JSONObject | None = None
    """The thread of messages to go on with (beta)."""


# For the reason given at `JSONObject`.
if TYPE_CHECKING:
    Params: TypeAlias = MessageParams | Mapping[str, object] | Raw
    """A request's body: typed, any JSON object, or JSON that is encoded already."""
else:
    Params = Raw


class BatchRequest(Struct, frozen=True, gc=False):
    """One request of a batch. Decoded ones hold their params as raw JSON."""

    custom_id: str
    """The caller's name for it, unique in the batch: 1 to 64 of `a-z A-Z 0-9 _ -`."""
    params: Params
    """What to ask the model: `MessageParams`, a mapping, or JSON as `msgspec.Raw`."""


_REQUEST = msgspec.json.Decoder(BatchRequest)


def decode_request(line: bytes | bytearray | memoryview) -> BatchRequest:
    """Decode `{"custom_id": …, "params": …}` and leave the params as raw JSON.

    Raises:
        msgspec.DecodeError: It is malformed, or has no string `custom_id` or no `params`.
    """
    try:
        return _REQUEST.decode(line)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error
