"""The answer to one request.

Source: Messages API reference, the Message object; fields marked "beta" come only with
the beta that introduced them.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec
from msgspec import Struct

from trio_batches.types.content import ContentBlock, TextBlock
from trio_batches.types.unknown import UnknownBlock
from trio_batches.types.usage import Usage

__all__ = (
    "CacheMissReason",
    "Container",
    "ContextEdit",
    "ContextManagement",
    "Diagnostics",
    "InputTransformation",
    "Message",
    "Skill",
    "StopDetails",
)


class StopDetails(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """Why the model refused to go on."""

    type: str
    """`refusal`."""
    category: str | None = None
    """Such as `cyber`, `bio` or `general_harms`; None where no policy is named."""
    explanation: str | None = None
    """A sentence for people; its wording may change."""
    recommended_model: str | None = None
    """The model to try instead (beta)."""
    fallback_credit_token: str | None = None
    """What makes the next attempt on another model cheaper (beta)."""
    fallback_has_prefill_claim: bool | None = None
    """Whether that attempt may begin with what was written so far (beta)."""


class Skill(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A skill loaded into a container."""

    skill_id: str
    type: str
    """`anthropic` or `custom`."""
    version: str


class Container(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """The container in which the request's code ran."""

    id: str
    expires_at: datetime
    """When the container and its files are gone."""
    skills: list[Skill] | None = None


class CacheMissReason(Struct, frozen=True, gc=False, omit_defaults=True):
    """Why the prompt cache could not be used."""

    type: str
    """Such as `model_changed`, `system_changed`, `previous_message_not_found`."""
    cache_missed_input_tokens: int | None = None
    """Tokens that a hit would have saved; None where that is not known."""


class Diagnostics(Struct, frozen=True, gc=False, omit_defaults=True):
    """What the service found out about the request on the way."""

    cache_miss_reason: CacheMissReason | None = None


class ContextEdit(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What was cleared from the conversation before the model saw it (beta)."""

    type: str
    """`clear_tool_uses_20250919` or `clear_thinking_20251015`."""
    cleared_tool_uses: int | None = None
    cleared_thinking_turns: int | None = None
    cleared_input_tokens: int | None = None
    """Tokens that the edit saved."""


class ContextManagement(Struct, frozen=True, gc=False, omit_defaults=True):
    """The edits made to the conversation (beta)."""

    applied_edits: list[ContextEdit] = []


class InputTransformation(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What was done to a part of the input that did not belong to this model or caller (beta)."""

    type: str
    """`thinking_dropped` or `thinking_mismatch_allowed`."""
    path: str
    """Where the part is in the request."""
    reason: str
    """Such as `model_binding_mismatch`."""


class _TextOf(Struct, frozen=True, gc=False):
    text: str = ""


_TEXT_OF = msgspec.json.Decoder(_TextOf)


class Message(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="message"):
    """The answer to one request."""

    type: ClassVar[Literal["message"]] = "message"
    model: str
    """The model that answered."""
    id: str
    """The message's id, such as `msg_014VwiXbi91y3JMjcpyGBHX5`."""
    role: str = "assistant"
    """`assistant`."""
    content: list[ContentBlock]
    """The answer, block by block."""
    container: Container | None = None
    stop_reason: str | None = None
    """`end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `pause_turn`, `refusal`,
    `model_context_window_exceeded` or, with its beta, `compaction`.
    """
    stop_sequence: str | None = None
    """Which of the request's stop sequences came up, if one did."""
    stop_details: StopDetails | None = None
    usage: Usage
    """What was read and written, in tokens."""
    diagnostics: Diagnostics | None = None
    context_management: ContextManagement | None = None
    """Edits made to the conversation (beta)."""
    input_transformations: list[InputTransformation] | None = None
    """Changes made to the input (beta)."""

    @property
    def text(self) -> str:
        """The text blocks, joined without anything between them.

        The text of a block that is only known in part, as one with a new kind of
        citation is, belongs to it too.
        """
        return "".join([_text(block) for block in self.content])


def _text(block: ContentBlock) -> str:
    if isinstance(block, TextBlock):
        return block.text
    if isinstance(block, UnknownBlock) and block.type == "text":
        try:
            return _TEXT_OF.decode(block.raw).text
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return ""
    return ""
