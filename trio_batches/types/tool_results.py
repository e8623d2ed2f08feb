"""The content blocks that hold results of the other tools which the service itself runs.

Source: Messages API reference, tool search tool; the advisor tool comes only with its beta.
"""

from typing import ClassVar, Literal

from msgspec import Struct

__all__ = (
    "AdvisorRedactedResult",
    "AdvisorResult",
    "AdvisorToolResultBlock",
    "AdvisorToolResultError",
    "ToolReference",
    "ToolSearchToolResultBlock",
    "ToolSearchToolResultError",
    "ToolSearchToolSearchResult",
)


class ToolReference(Struct, frozen=True, gc=False, omit_defaults=True, tag="tool_reference"):
    """A tool that a search found."""

    type: ClassVar[Literal["tool_reference"]] = "tool_reference"
    tool_name: str


class ToolSearchToolSearchResult(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="tool_search_tool_search_result"
):
    """The tools that a search found."""

    type: ClassVar[Literal["tool_search_tool_search_result"]] = "tool_search_tool_search_result"
    tool_references: list[ToolReference]


class ToolSearchToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="tool_search_tool_result_error"
):
    """Why a search among the tools found nothing."""

    type: ClassVar[Literal["tool_search_tool_result_error"]] = "tool_search_tool_result_error"
    error_code: str
    """Such as `invalid_tool_input` or `unavailable`."""
    error_message: str | None = None


class ToolSearchToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="tool_search_tool_result"
):
    """What came of a search among the tools."""

    type: ClassVar[Literal["tool_search_tool_result"]] = "tool_search_tool_result"
    tool_use_id: str
    content: ToolSearchToolSearchResult | ToolSearchToolResultError


class AdvisorResult(Struct, frozen=True, gc=False, omit_defaults=True, tag="advisor_result"):
    """What the advisor said (beta)."""

    type: ClassVar[Literal["advisor_result"]] = "advisor_result"
    text: str
    stop_reason: str | None = None


class AdvisorRedactedResult(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="advisor_redacted_result"
):
    """What the advisor said, only given encrypted (beta)."""

    type: ClassVar[Literal["advisor_redacted_result"]] = "advisor_redacted_result"
    encrypted_content: str
    """To be sent back as it is."""
    stop_reason: str | None = None


class AdvisorToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="advisor_tool_result_error"
):
    """Why the advisor said nothing (beta)."""

    type: ClassVar[Literal["advisor_tool_result_error"]] = "advisor_tool_result_error"
    error_code: str
    """Such as `prompt_too_long` or `overloaded`."""


class AdvisorToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="advisor_tool_result"
):
    """What came of asking another model for advice (beta)."""

    type: ClassVar[Literal["advisor_tool_result"]] = "advisor_tool_result"
    tool_use_id: str
    content: AdvisorResult | AdvisorRedactedResult | AdvisorToolResultError
