"""The content blocks that hold results of web searches and of pages fetched.

Source: Messages API reference, web search and web fetch tools.
"""

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

__all__ = (
    "Base64Source",
    "Caller",
    "CitationsConfig",
    "Document",
    "DocumentSource",
    "TextSource",
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
