import json

import msgspec
import pytest

from tests.trio_batches.types.code_blocks import CODE_BLOCKS
from trio_batches.types import (
    AdvisorRedactedResult,
    AdvisorResult,
    AdvisorToolResultBlock,
    AdvisorToolResultError,
    Base64Source,
    Caller,
    CharLocation,
    CitationsConfig,
    CompactionBlock,
    ContainerUploadBlock,
    ContentBlock,
    ContentBlockLocation,
    Document,
    FallbackBlock,
    FallbackModel,
    FallbackTrigger,
    MCPTool,
    MCPToolListingBlock,
    MCPToolResultBlock,
    MCPToolUseBlock,
    PageLocation,
    RedactedThinkingBlock,
    SearchResultLocation,
    ServerToolUseBlock,
    TextBlock,
    TextSource,
    ThinkingBlock,
    ToolChange,
    ToolReference,
    ToolSearchToolResultBlock,
    ToolSearchToolResultError,
    ToolSearchToolSearchResult,
    ToolUseBlock,
    WebFetchResult,
    WebFetchToolResultBlock,
    WebFetchToolResultError,
    WebSearchResult,
    WebSearchResultLocation,
    WebSearchToolResultBlock,
    WebSearchToolResultError,
    encode,
)

DECODER: msgspec.json.Decoder[list[ContentBlock]] = msgspec.json.Decoder(list[ContentBlock])

BLOCKS: list[tuple[bytes, ContentBlock]] = [
    (b'{"type":"text","text":"Hello."}', TextBlock("Hello.")),
    (
        (
            b'{"type":"text","text":"Grass is green.","citations":[{"type":"char_location",'
            b'"cited_text":"green","document_index":0,"document_title":"Lawn",'
            b'"start_char_index":9,"end_char_index":14,"file_id":"file_1"}]}'
        ),
        TextBlock(
            "Grass is green.",
            [
                CharLocation(
                    cited_text="green",
                    document_index=0,
                    document_title="Lawn",
                    start_char_index=9,
                    end_char_index=14,
                    file_id="file_1",
                )
            ],
        ),
    ),
    (
        (
            b'{"type":"text","text":"a","citations":[{"type":"page_location","cited_text":"a",'
            b'"document_index":1,"start_page_number":2,"end_page_number":3}]}'
        ),
        TextBlock(
            "a",
            [
                PageLocation(
                    cited_text="a", document_index=1, start_page_number=2, end_page_number=3
                )
            ],
        ),
    ),
    (
        (
            b'{"type":"text","text":"a","citations":[{"type":"content_block_location",'
            b'"cited_text":"a","document_index":1,"start_block_index":2,"end_block_index":3}]}'
        ),
        TextBlock(
            "a",
            [
                ContentBlockLocation(
                    cited_text="a", document_index=1, start_block_index=2, end_block_index=3
                )
            ],
        ),
    ),
    (
        (
            b'{"type":"text","text":"a","citations":[{"type":"web_search_result_location",'
            b'"cited_text":"a","url":"https://example.com/","title":"Example",'
            b'"encrypted_index":"Eo8B"}]}'
        ),
        TextBlock(
            "a",
            [
                WebSearchResultLocation(
                    cited_text="a",
                    url="https://example.com/",
                    title="Example",
                    encrypted_index="Eo8B",
                )
            ],
        ),
    ),
    (
        (
            b'{"type":"text","text":"a","citations":[{"type":"search_result_location",'
            b'"cited_text":"a","source":"notes","title":"Notes","search_result_index":0,'
            b'"start_block_index":0,"end_block_index":1}]}'
        ),
        TextBlock(
            "a",
            [
                SearchResultLocation(
                    cited_text="a",
                    source="notes",
                    title="Notes",
                    search_result_index=0,
                    start_block_index=0,
                    end_block_index=1,
                )
            ],
        ),
    ),
    (
        b'{"type":"thinking","thinking":"Two and two.","signature":"EqQB"}',
        ThinkingBlock("Two and two.", "EqQB"),
    ),
    (b'{"type":"redacted_thinking","data":"EmwK"}', RedactedThinkingBlock("EmwK")),
    (
        (
            b'{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Oslo"},'
            b'"caller":{"type":"direct"},"toolset_name":"outdoors"}'
        ),
        ToolUseBlock("toolu_1", "weather", {"city": "Oslo"}, Caller("direct"), "outdoors"),
    ),
    (
        (
            b'{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search",'
            b'"input":{"query":"rain"},'
            b'"caller":{"type":"code_execution_20260120","tool_id":"srvtoolu_0"}}'
        ),
        ServerToolUseBlock(
            "srvtoolu_1",
            "web_search",
            {"query": "rain"},
            Caller("code_execution_20260120", "srvtoolu_0"),
        ),
    ),
    (
        (
            b'{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":['
            b'{"type":"web_search_result","title":"Rain","url":"https://example.com/",'
            b'"encrypted_content":"EqgC","page_age":"2 days"}]}'
        ),
        WebSearchToolResultBlock(
            "srvtoolu_1",
            [
                WebSearchResult(
                    title="Rain",
                    url="https://example.com/",
                    encrypted_content="EqgC",
                    page_age="2 days",
                )
            ],
        ),
    ),
    (
        (
            b'{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"},'
            b'"caller":{"type":"direct"}}'
        ),
        WebSearchToolResultBlock(
            "srvtoolu_1", WebSearchToolResultError("max_uses_exceeded"), Caller("direct")
        ),
    ),
    (
        (
            b'{"type":"web_fetch_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"web_fetch_result","url":"https://example.com/a.pdf","content":'
            b'{"type":"document","source":{"type":"base64","media_type":"application/pdf",'
            b'"data":"JVBERi0="},"title":"A","citations":{"enabled":true}},'
            b'"retrieved_at":"2026-08-19T14:44:51Z"}}'
        ),
        WebFetchToolResultBlock(
            "srvtoolu_1",
            WebFetchResult(
                "https://example.com/a.pdf",
                Document(
                    Base64Source(media_type="application/pdf", data="JVBERi0="),
                    "A",
                    CitationsConfig(enabled=True),
                ),
                "2026-08-19T14:44:51Z",
            ),
        ),
    ),
    (
        (
            b'{"type":"web_fetch_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"web_fetch_result","url":"https://example.com/","content":'
            b'{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Hi"}}}}'
        ),
        WebFetchToolResultBlock(
            "srvtoolu_1",
            WebFetchResult(
                "https://example.com/", Document(TextSource(media_type="text/plain", data="Hi"))
            ),
        ),
    ),
    (
        (
            b'{"type":"web_fetch_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"web_fetch_tool_result_error","error_code":"url_not_accessible"}}'
        ),
        WebFetchToolResultBlock("srvtoolu_1", WebFetchToolResultError("url_not_accessible")),
    ),
    *CODE_BLOCKS,
    (
        (
            b'{"type":"tool_search_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"tool_search_tool_search_result","tool_references":'
            b'[{"type":"tool_reference","tool_name":"weather"}]}}'
        ),
        ToolSearchToolResultBlock(
            "srvtoolu_1", ToolSearchToolSearchResult([ToolReference("weather")])
        ),
    ),
    (
        (
            b'{"type":"tool_search_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"tool_search_tool_result_error","error_code":"invalid_tool_input"}}'
        ),
        ToolSearchToolResultBlock("srvtoolu_1", ToolSearchToolResultError("invalid_tool_input")),
    ),
    (b'{"type":"container_upload","file_id":"file_1"}', ContainerUploadBlock("file_1")),
    (
        b'{"type":"mcp_tool_use","id":"mcptoolu_1","name":"find","server_name":"notes","input":{}}',
        MCPToolUseBlock("mcptoolu_1", "find", "notes", {}),
    ),
    (
        b'{"type":"mcp_tool_result","tool_use_id":"mcptoolu_1","is_error":true,"content":"no"}',
        MCPToolResultBlock("mcptoolu_1", is_error=True, content="no"),
    ),
    (
        (
            b'{"type":"mcp_tool_result","tool_use_id":"mcptoolu_1","is_error":false,'
            b'"content":[{"type":"text","text":"yes"}]}'
        ),
        MCPToolResultBlock("mcptoolu_1", is_error=False, content=[TextBlock("yes")]),
    ),
    (
        (
            b'{"type":"mcp_tool_listing","mcp_server_name":"notes","tools":[{"name":"find",'
            b'"input_schema":{"type":"object"},"description":"Finds."}]}'
        ),
        MCPToolListingBlock("notes", [MCPTool("find", {"type": "object"}, "Finds.")]),
    ),
    (
        (
            b'{"type":"advisor_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"advisor_result","text":"Go on.","stop_reason":"end_turn"}}'
        ),
        AdvisorToolResultBlock("srvtoolu_1", AdvisorResult("Go on.", "end_turn")),
    ),
    (
        (
            b'{"type":"advisor_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"advisor_redacted_result","encrypted_content":"Eo8B"}}'
        ),
        AdvisorToolResultBlock("srvtoolu_1", AdvisorRedactedResult("Eo8B")),
    ),
    (
        (
            b'{"type":"advisor_tool_result","tool_use_id":"srvtoolu_1","content":'
            b'{"type":"advisor_tool_result_error","error_code":"overloaded"}}'
        ),
        AdvisorToolResultBlock("srvtoolu_1", AdvisorToolResultError("overloaded")),
    ),
    (
        (
            b'{"type":"compaction","content":"So far: rain.","signature":"EqQB","tool_changes":['
            b'{"type":"tool_removal","tool":{"type":"tool_reference","name":"weather"}}]}'
        ),
        CompactionBlock(
            "So far: rain.",
            signature="EqQB",
            tool_changes=[
                ToolChange("tool_removal", {"type": "tool_reference", "name": "weather"})
            ],
        ),
    ),
    (
        (
            b'{"type":"fallback","from":{"model":"claude-opus-5"},"to":{"model":"claude-sonnet-5"},'
            b'"trigger":{"type":"refusal","category":"bio"}}'
        ),
        FallbackBlock(
            from_=FallbackModel("claude-opus-5"),
            to=FallbackModel("claude-sonnet-5"),
            trigger=FallbackTrigger("refusal", "bio"),
        ),
    ),
]


@pytest.mark.parametrize(("raw", "block"), BLOCKS)
def test_each_block_decodes_to_its_own_type(raw: bytes, block: ContentBlock) -> None:
    assert DECODER.decode(b"[" + raw + b"]") == [block]


@pytest.mark.parametrize(("raw", "block"), BLOCKS)
def test_each_block_is_written_as_it_came(raw: bytes, block: ContentBlock) -> None:
    assert json.loads(encode(block)) == json.loads(raw)


def test_null_stands_for_what_is_absent() -> None:
    raw = b'{"type":"tool_use","id":"toolu_1","name":"n","input":{},"caller":null}'

    assert DECODER.decode(b"[" + raw + b"]") == [ToolUseBlock("toolu_1", "n", {})]


def test_a_caller_that_is_new_keeps_its_type() -> None:
    raw = (
        b'{"type":"tool_use","id":"toolu_1","name":"n","input":{},'
        b'"caller":{"type":"code_execution_20270101","tool_id":"srvtoolu_1"}}'
    )

    [block] = DECODER.decode(b"[" + raw + b"]")

    assert isinstance(block, ToolUseBlock)
    assert block.caller == Caller("code_execution_20270101", "srvtoolu_1")
