"""Where the text of an answer was taken from.

Source: Messages API reference, citations of a text block.
"""

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

__all__ = (
    "CharLocation",
    "Citation",
    "ContentBlockLocation",
    "PageLocation",
    "SearchResultLocation",
    "WebSearchResultLocation",
)


class CharLocation(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="char_location"
):
    """Characters of a plain text document."""

    type: ClassVar[Literal["char_location"]] = "char_location"
    cited_text: str
    document_index: int
    """The document's place among those of the request, counted from 0."""
    document_title: str | None = None
    start_char_index: int
    """The first character, counted from 0."""
    end_char_index: int
    """The character after the last one."""
    file_id: str | None = None


class PageLocation(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="page_location"
):
    """Pages of a PDF."""

    type: ClassVar[Literal["page_location"]] = "page_location"
    cited_text: str
    document_index: int
    """The document's place among those of the request, counted from 0."""
    document_title: str | None = None
    start_page_number: int
    """The first page, counted from 1."""
    end_page_number: int
    """The page after the last one."""
    file_id: str | None = None


class ContentBlockLocation(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="content_block_location"
):
    """Blocks of a document that was sent as content blocks."""

    type: ClassVar[Literal["content_block_location"]] = "content_block_location"
    cited_text: str
    document_index: int
    """The document's place among those of the request, counted from 0."""
    document_title: str | None = None
    start_block_index: int
    """The first block, counted from 0."""
    end_block_index: int
    """The block after the last one."""
    file_id: str | None = None


class WebSearchResultLocation(
    Struct,
    frozen=True,
    gc=False,
    omit_defaults=True,
    kw_only=True,
    tag="web_search_result_location",
):
    """A page that a web search found."""

    type: ClassVar[Literal["web_search_result_location"]] = "web_search_result_location"
    cited_text: str
    url: str
    title: str | None = None
    encrypted_index: str
    """What the service needs to recognise the place when the message is sent back."""


class SearchResultLocation(
    Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag="search_result_location"
):
    """Blocks of a search result that the request or a tool supplied."""

    type: ClassVar[Literal["search_result_location"]] = "search_result_location"
    cited_text: str
    source: str
    title: str | None = None
    search_result_index: int
    """The search result's place among those of the request, counted from 0."""
    start_block_index: int
    """The first block, counted from 0."""
    end_block_index: int
    """The block after the last one."""


Citation: TypeAlias = (
    CharLocation
    | PageLocation
    | ContentBlockLocation
    | WebSearchResultLocation
    | SearchResultLocation
)
"""Where a text block quotes from."""
