"""The content blocks that hold results of tools which the service itself runs.

Source: Messages API reference, server tools.
"""

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

__all__ = (
    "AdvisorRedactedResult",
    "AdvisorResult",
    "AdvisorToolResultBlock",
    "AdvisorToolResultError",
    "Base64Source",
    "BashCodeExecutionOutput",
    "BashCodeExecutionResult",
    "BashCodeExecutionToolResultBlock",
    "BashCodeExecutionToolResultError",
    "Caller",
    "CitationsConfig",
    "CodeExecutionOutput",
    "CodeExecutionResult",
    "CodeExecutionToolResultBlock",
    "CodeExecutionToolResultError",
    "Document",
    "DocumentSource",
    "EncryptedCodeExecutionResult",
    "TextEditorCodeExecutionCreateResult",
    "TextEditorCodeExecutionStrReplaceResult",
    "TextEditorCodeExecutionToolResultBlock",
    "TextEditorCodeExecutionToolResultError",
    "TextEditorCodeExecutionViewResult",
    "TextSource",
    "ToolReference",
    "ToolSearchToolResultBlock",
    "ToolSearchToolResultError",
    "ToolSearchToolSearchResult",
    "WebFetchResult",
    "WebFetchToolResultBlock",
    "WebFetchToolResultError",
    "WebSearchResult",
    "WebSearchToolResultBlock",
    "WebSearchToolResultError",
)


class Caller(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who called a tool."""

    type: str
    """`direct`, or the version of code execution that did, such as `code_execution_20260120`."""
    tool_id: str | None = None
    """The id of the code execution; None for `direct`."""


class WebSearchResult(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="web_search_result"
):
    """One page that a web search found."""

    type: ClassVar[Literal["web_search_result"]] = "web_search_result"
    title: str
    url: str
    encrypted_content: str
    """The page's text, to be sent back as it is."""
    page_age: str | None = None
    """How old the page is, in words."""


class WebSearchToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="web_search_tool_result_error"
):
    """Why a web search found nothing."""

    type: ClassVar[Literal["web_search_tool_result_error"]] = "web_search_tool_result_error"
    error_code: str
    """Such as `max_uses_exceeded`, `query_too_long` or `unavailable`."""


class WebSearchToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="web_search_tool_result"
):
    """What a web search found."""

    type: ClassVar[Literal["web_search_tool_result"]] = "web_search_tool_result"
    tool_use_id: str
    content: list[WebSearchResult] | WebSearchToolResultError
    caller: Caller | None = None


class CitationsConfig(Struct, frozen=True, gc=False, omit_defaults=True):
    """Whether a document may be cited."""

    enabled: bool


class Base64Source(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="base64"):
    """A document's bytes."""

    type: ClassVar[Literal["base64"]] = "base64"
    media_type: str
    """`application/pdf`."""
    data: str
    """The bytes in Base64."""


class TextSource(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="text"):
    """A document's text."""

    type: ClassVar[Literal["text"]] = "text"
    media_type: str
    """`text/plain`."""
    data: str
    """The text itself."""


DocumentSource: TypeAlias = Base64Source | TextSource
"""What a fetched document consists of."""


class Document(Struct, frozen=True, gc=False, omit_defaults=True, tag="document"):
    """A document that was fetched."""

    type: ClassVar[Literal["document"]] = "document"
    source: DocumentSource
    title: str | None = None
    citations: CitationsConfig | None = None


class WebFetchResult(Struct, frozen=True, gc=False, omit_defaults=True, tag="web_fetch_result"):
    """A page that was fetched."""

    type: ClassVar[Literal["web_fetch_result"]] = "web_fetch_result"
    url: str
    content: Document
    retrieved_at: str | None = None
    """When it was fetched, as the service writes it."""


class WebFetchToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="web_fetch_tool_result_error"
):
    """Why a page was not fetched."""

    type: ClassVar[Literal["web_fetch_tool_result_error"]] = "web_fetch_tool_result_error"
    error_code: str
    """Such as `url_not_accessible`, `unsupported_content_type` or `content_too_large`."""


class WebFetchToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="web_fetch_tool_result"
):
    """What came of fetching a page."""

    type: ClassVar[Literal["web_fetch_tool_result"]] = "web_fetch_tool_result"
    tool_use_id: str
    content: WebFetchResult | WebFetchToolResultError
    caller: Caller | None = None


class CodeExecutionOutput(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="code_execution_output"
):
    """A file that code wrote."""

    type: ClassVar[Literal["code_execution_output"]] = "code_execution_output"
    file_id: str


class CodeExecutionResult(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="code_execution_result"
):
    """What code printed and wrote."""

    type: ClassVar[Literal["code_execution_result"]] = "code_execution_result"
    stdout: str
    stderr: str
    return_code: int
    """The process's exit status; 0 is success."""
    content: list[CodeExecutionOutput]


class EncryptedCodeExecutionResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="encrypted_code_execution_result",
):
    """What code printed, only given encrypted, and wrote."""

    type: ClassVar[Literal["encrypted_code_execution_result"]] = "encrypted_code_execution_result"
    encrypted_stdout: str
    """To be sent back as it is."""
    stderr: str
    return_code: int
    """The process's exit status; 0 is success."""
    content: list[CodeExecutionOutput]


class CodeExecutionToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="code_execution_tool_result_error"
):
    """Why code did not run to its end."""

    type: ClassVar[Literal["code_execution_tool_result_error"]] = "code_execution_tool_result_error"
    error_code: str
    """Such as `execution_time_exceeded` or `unavailable`."""


class CodeExecutionToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="code_execution_tool_result"
):
    """What came of running code."""

    type: ClassVar[Literal["code_execution_tool_result"]] = "code_execution_tool_result"
    tool_use_id: str
    content: CodeExecutionResult | EncryptedCodeExecutionResult | CodeExecutionToolResultError


class BashCodeExecutionOutput(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="bash_code_execution_output"
):
    """A file that a shell command wrote."""

    type: ClassVar[Literal["bash_code_execution_output"]] = "bash_code_execution_output"
    file_id: str


class BashCodeExecutionResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="bash_code_execution_result",
):
    """What a shell command printed and wrote."""

    type: ClassVar[Literal["bash_code_execution_result"]] = "bash_code_execution_result"
    stdout: str
    stderr: str
    return_code: int
    """The command's exit status; 0 is success."""
    content: list[BashCodeExecutionOutput]


class BashCodeExecutionToolResultError(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="bash_code_execution_tool_result_error"
):
    """Why a shell command did not run to its end."""

    type: ClassVar[Literal["bash_code_execution_tool_result_error"]] = (
        "bash_code_execution_tool_result_error"
    )
    error_code: str
    """Such as `execution_time_exceeded` or `output_file_too_large`."""


class BashCodeExecutionToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="bash_code_execution_tool_result"
):
    """What came of running a shell command."""

    type: ClassVar[Literal["bash_code_execution_tool_result"]] = "bash_code_execution_tool_result"
    tool_use_id: str
    content: BashCodeExecutionResult | BashCodeExecutionToolResultError


class TextEditorCodeExecutionViewResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="text_editor_code_execution_view_result",
):
    """A file, or some of its lines, that was looked at."""

    type: ClassVar[Literal["text_editor_code_execution_view_result"]] = (
        "text_editor_code_execution_view_result"
    )
    file_type: str
    """`text`, `image` or `pdf`."""
    content: str
    num_lines: int | None = None
    """How many lines are shown."""
    start_line: int | None = None
    """The first line shown."""
    total_lines: int | None = None
    """How many lines the file has."""


class TextEditorCodeExecutionCreateResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    tag="text_editor_code_execution_create_result",
):
    """A file that was written."""

    type: ClassVar[Literal["text_editor_code_execution_create_result"]] = (
        "text_editor_code_execution_create_result"
    )
    is_file_update: bool
    """Whether the file was there before."""


class TextEditorCodeExecutionStrReplaceResult(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="text_editor_code_execution_str_replace_result",
):
    """A change that was made in a file."""

    type: ClassVar[Literal["text_editor_code_execution_str_replace_result"]] = (
        "text_editor_code_execution_str_replace_result"
    )
    old_start: int | None = None
    """The first line of what was replaced."""
    old_lines: int | None = None
    """How many lines were replaced."""
    new_start: int | None = None
    """The first line of what took its place."""
    new_lines: int | None = None
    """How many lines took its place."""
    lines: list[str] | None = None
    """The change, as the lines of a diff."""


class TextEditorCodeExecutionToolResultError(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    tag="text_editor_code_execution_tool_result_error",
):
    """Why a file was not shown or changed."""

    type: ClassVar[Literal["text_editor_code_execution_tool_result_error"]] = (
        "text_editor_code_execution_tool_result_error"
    )
    error_code: str
    """Such as `file_not_found` or `unavailable`."""
    error_message: str | None = None


class TextEditorCodeExecutionToolResultBlock(
    Struct, frozen=True, gc=False, omit_defaults=True, tag="text_editor_code_execution_tool_result"
):
    """What came of looking at a file or changing it."""

    type: ClassVar[Literal["text_editor_code_execution_tool_result"]] = (
        "text_editor_code_execution_tool_result"
    )
    tool_use_id: str
    content: (
        TextEditorCodeExecutionViewResult
        | TextEditorCodeExecutionCreateResult
        | TextEditorCodeExecutionStrReplaceResult
        | TextEditorCodeExecutionToolResultError
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
