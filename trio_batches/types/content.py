"""The content blocks of an answer.

Every list of values that the service may extend is a plain `str`. Nested values whose
types may grow without changing the meaning of what is around them (`Caller`,
`FallbackTrigger`, `ToolChange`) are one Struct with a `type` instead of a union.

Source: Messages API reference, content blocks; those marked "beta" come only with
the beta that introduced them.
"""

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from msgspec import Struct

from trio_batches.types.citations import Citation
from trio_batches.types.code_results import (
    BashCodeExecutionToolResultBlock,
    CodeExecutionToolResultBlock,
    TextEditorCodeExecutionToolResultBlock,
)
from trio_batches.types.tool_results import AdvisorToolResultBlock, ToolSearchToolResultBlock
from trio_batches.types.web_results import Caller, WebFetchToolResultBlock, WebSearchToolResultBlock

if TYPE_CHECKING:
    from trio_batches.types.unknown import UnknownBlock

__all__ = (
    "CompactionBlock",
    "ContainerUploadBlock",
    "ContentBlock",
    "FallbackBlock",
    "FallbackModel",
    "FallbackTrigger",
    "MCPTool",
    "MCPToolListingBlock",
    "MCPToolResultBlock",
    "MCPToolUseBlock",
    "RedactedThinkingBlock",
    "ServerToolUseBlock",
    "TextBlock",
    "ThinkingBlock",
    "ToolChange",
    "ToolUseBlock",
)


class TextBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="text"):
    """Text of the answer."""

    type: ClassVar[Literal["text"]] = "text"
    text: str
    citations: list[Citation] | None = None
    """Where the text was taken from; None where nothing was cited."""


class ThinkingBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="thinking"):
    """What the model thought before it answered."""

    type: ClassVar[Literal["thinking"]] = "thinking"
    thinking: str
    signature: str
    """What the service needs to recognise the block when it is sent back."""


class RedactedThinkingBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="redacted_thinking"
):
    """Thinking that is only given encrypted."""

    type: ClassVar[Literal["redacted_thinking"]] = "redacted_thinking"
    data: str
    """The encrypted thinking, to be sent back as it is."""


class ToolUseBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="tool_use"):
    """A call of one of the request's tools, to be answered by the caller."""

    type: ClassVar[Literal["tool_use"]] = "tool_use"
    id: str
    name: str
    input: dict[str, object]
    """The arguments, as the tool's schema describes them."""
    caller: Caller | None = None
    """Who calls: the model itself, or code that it runs."""
    toolset_name: str | None = None


class ServerToolUseBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="server_tool_use"):
    """A call of a tool that the service itself runs; its result follows in the same message."""

    type: ClassVar[Literal["server_tool_use"]] = "server_tool_use"
    id: str
    name: str
    """`web_search`, `web_fetch`, `code_execution`, `bash_code_execution` and the like."""
    input: dict[str, object]
    caller: Caller | None = None
    """Who calls: the model itself, or code that it runs."""


class ContainerUploadBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="container_upload"
):
    """A file that was put into the code execution container."""

    type: ClassVar[Literal["container_upload"]] = "container_upload"
    file_id: str


class MCPToolUseBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="mcp_tool_use"):
    """A call of a tool on an MCP server, which the service makes (beta)."""

    type: ClassVar[Literal["mcp_tool_use"]] = "mcp_tool_use"
    id: str
    name: str
    server_name: str
    input: dict[str, object]


class MCPToolResultBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="mcp_tool_result"):
    """What a tool on an MCP server answered (beta)."""

    type: ClassVar[Literal["mcp_tool_result"]] = "mcp_tool_result"
    tool_use_id: str
    is_error: bool
    content: str | list[TextBlock]


class MCPTool(Struct, frozen=True, gc=False, omit_defaults=True):
    """A tool as an MCP server lists it (beta)."""

    name: str
    input_schema: dict[str, object]
    """The arguments' JSON Schema."""
    description: str | None = None


class MCPToolListingBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="mcp_tool_listing"
):
    """The tools that an MCP server offers (beta)."""

    type: ClassVar[Literal["mcp_tool_listing"]] = "mcp_tool_listing"
    mcp_server_name: str
    tools: list[MCPTool]


class ToolChange(Struct, frozen=True, gc=False, omit_defaults=True):
    """A tool that came or went before a compaction (beta)."""

    type: str
    """`tool_addition` or `tool_removal`."""
    tool: dict[str, object]
    """The tool by reference, or its whole definition, as it was sent."""


class CompactionBlock(Struct, frozen=True, gc=False, omit_defaults=True, tag="compaction"):
    """A summary that takes the place of the conversation before it (beta)."""

    type: ClassVar[Literal["compaction"]] = "compaction"
    content: str | None = None
    """The summary; None where it could not be made or is only given encrypted."""
    encrypted_content: str | None = None
    signature: str | None = None
    """What the service needs to recognise the block when it is sent back."""
    tool_changes: list[ToolChange] | None = None


class FallbackModel(Struct, frozen=True, gc=False, omit_defaults=True):
    """One side of a fallback (beta)."""

    model: str


class FallbackTrigger(Struct, frozen=True, gc=False, omit_defaults=True):
    """Why another model went on (beta)."""

    type: str
    """`refusal`."""
    category: str | None = None
    """What kind of refusal, as in `StopDetails`."""


class FallbackBlock(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="fallback",
    rename={"from_": "from"},
):
    """The place where another model went on with the answer (beta)."""

    type: ClassVar[Literal["fallback"]] = "fallback"
    from_: FallbackModel
    """The model that stopped; `from` on the wire."""
    to: FallbackModel
    """The model that went on."""
    trigger: FallbackTrigger


_KnownBlock: TypeAlias = (
    TextBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | ToolUseBlock
    | ServerToolUseBlock
    | WebSearchToolResultBlock
    | WebFetchToolResultBlock
    | CodeExecutionToolResultBlock
    | BashCodeExecutionToolResultBlock
    | TextEditorCodeExecutionToolResultBlock
    | ToolSearchToolResultBlock
    | ContainerUploadBlock
    | MCPToolUseBlock
    | MCPToolResultBlock
    | MCPToolListingBlock
    | AdvisorToolResultBlock
    | CompactionBlock
    | FallbackBlock
)

# msgspec builds its decoders from the second of these: its unions hold tagged Structs only,
# and must refuse an unknown tag, so that `decode_result` gets to keep the block's bytes.
# Type checkers and readers see the first one, which is what a message holds in the end.
if TYPE_CHECKING:
    ContentBlock: TypeAlias = _KnownBlock | UnknownBlock
    """Any block of a message's content."""
else:
    ContentBlock = _KnownBlock
