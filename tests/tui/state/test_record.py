from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tui.result_lines import canceled, errored, expired, line, succeeded
from tui.state.copies import copies_of
from tui.state.outline import lines_of
from tui.state.record import MAX_DECODED, answer_nodes, answer_text, raw_nodes, request_nodes
from tui.state.requests import Requests, kept_requests, open_requests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.state.outline import Node


def said(nodes: Sequence[Node], *, unfolded: bool = False) -> str:
    if unfolded:
        for node in nodes:
            node.fold(9)
    return "\n".join(line.text for line in lines_of(nodes, 100))


def test_an_answer_is_its_text_then_why_it_ended_and_what_it_took() -> None:
    text = said(answer_nodes(succeeded("a", "One.\nTwo.", stop="max_tokens")))

    assert text.startswith("One.\nTwo.\n")
    assert "stop reason: max_tokens" in text
    assert "input_tokens: 10" in text


def test_thinking_is_folded_and_counted() -> None:
    content = [
        {"type": "thinking", "thinking": "Hm. Well.", "signature": "s"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "Yes."},
    ]
    nodes = answer_nodes(succeeded("a", content=content))

    assert "thinking, 9 characters" in said(nodes)
    assert "keeps to itself" in said(nodes)
    assert "Hm. Well." not in said(nodes)
    assert "Hm. Well." in said(nodes, unfolded=True)


def test_tools_citations_and_blocks_of_new_types_are_shown() -> None:
    content = [
        {"type": "text", "text": "See.", "citations": [{"title": "Foxes", "cited_text": "A fox"}]},
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Berlin"}},
        {"type": "web_search_tool_result", "content": [{"type": "web_search_result", "url": "u"}]},
        {"type": "hologram", "depth": 3},
    ]
    text = said(answer_nodes(succeeded("a", content=content)), unfolded=True)

    assert "1 citation" in text
    assert "“A fox” Foxes" in text
    assert "→ weather  tool_use toolu_1" in text
    assert 'city: "Berlin"' in text
    assert "← web_search_tool_result" in text
    assert "depth: 3" in text


def test_what_has_no_answer_says_why() -> None:
    assert "✗ overloaded_error\nBusy." in said(
        answer_nodes(errored("a", "overloaded_error", "Busy."))
    )
    assert "req_1" in said(answer_nodes(errored("a")))
    assert "was cancelled" in said(answer_nodes(canceled("a")))
    assert "within 24 hours" in said(answer_nodes(expired("a")))
    assert "does not know: paused" in said(answer_nodes(line("a", {"type": "paused"})))


@pytest.mark.parametrize("data", [b"{broken", b"[1, 2]", b'"x"', b"\xff", b"[" * 10_000, b""])
def test_a_line_that_is_no_result_is_shown_as_it_is(data: bytes) -> None:
    assert said(answer_nodes(data))
    assert said(request_nodes(data))


@pytest.mark.parametrize(
    "odd",
    [{"message": 1}, {"message": {"content": "x", "usage": 3}}, {"message": {"content": [1]}}],
)
def test_odd_shapes_are_shown_and_never_raise(odd: dict[str, object]) -> None:
    assert said(answer_nodes(line("a", {"type": "succeeded", **odd})), unfolded=True)
    assert said(answer_nodes(line("a", {"type": "errored", "error": "x"})), unfolded=True)


def test_half_a_surrogate_pair_is_a_question_mark() -> None:
    line = succeeded("a", "hi ?").replace(b"hi ?", b"hi \\ud83d")

    assert "hi ?" in said(answer_nodes(line))


def test_raw_is_a_tree_for_json_and_text_for_anything_else() -> None:
    assert 'custom_id: "a"' in said(raw_nodes(succeeded("a")))
    broken = said(raw_nodes(b"{broken" + b"x" * 100_000))
    assert broken.startswith("The line is not JSON: ")
    assert "34,471 more bytes are not shown" in broken


def test_of_an_enormous_line_the_beginning_is_shown() -> None:
    text = said(raw_nodes(b'{"a": "' + b"x" * MAX_DECODED))

    assert "this is its beginning" in text


def test_a_request_is_its_facts_and_its_turns() -> None:
    params = {
        "model": "claude-a",
        "max_tokens": 5,
        "system": "Be kind.",
        "tools": [{"name": "weather"}],
        "messages": [
            {"role": "user", "content": "Why?"},
            {"role": "assistant", "content": [{"type": "text", "text": "Because."}]},
        ],
    }
    for shape in ({"params": params}, {"method": "POST", "body": params}):
        text = said(request_nodes(json.dumps({"custom_id": "a", **shape}).encode()), unfolded=True)

        assert 'model: "claude-a"' in text
        assert "system\nBe kind." in text
        assert "user\nWhy?" in text
        assert "assistant\nBecause." in text
        assert 'name: "weather"' in text


def test_the_text_of_an_answer_is_that_of_its_blocks() -> None:
    content = [{"type": "text", "text": "One "}, {"type": "x"}, {"type": "text", "text": "two."}]

    assert answer_text(succeeded("a", content=content)) == "One two."
    assert answer_text(errored("a")) == ""
    assert answer_text(b"{") == ""


def test_what_can_be_copied(tmp_path: Path) -> None:
    path = tmp_path / "it's results.jsonl"
    copies = {copy.name: copy for copy in copies_of("a-1", succeeded("a-1"), b'{"r":1}', path)}

    assert copies["custom_id"].text == "a-1"
    assert copies["answer's text"].text == "An answer."
    assert copies["request as JSON"].text == '{"r":1}'
    assert copies["command that prints it"].text.startswith("""grep -F -m 1 '"a-1"' '""")
    assert copies["custom_id"].label == "custom_id  (3 characters)"
    assert [copy.name for copy in copies_of("", b"{", None, path)] == ["result as JSON"]


def finish(requests: Requests) -> None:
    while requests.step():
        pass


def test_requests_are_found_by_their_id_broken_lines_or_not(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b'{"custom_id":"a","params":{}}\n{broken\n{"custom_id":"b","params":{}}\n')
    requests = open_requests(path)
    assert requests is not None
    assert requests.find("a") is None

    finish(requests)

    assert requests.is_done
    assert requests.find("b") == b'{"custom_id":"b","params":{}}'
    assert requests.find("c") is None


def test_where_no_requests_are_kept_there_are_none(tmp_path: Path) -> None:
    assert open_requests(None) is None
    assert open_requests(tmp_path / "missing.jsonl") is None


def test_requests_are_kept_beside_the_results(tmp_path: Path) -> None:
    kept = tmp_path / "requests" / "msgbatch_1.jsonl"

    assert kept_requests(tmp_path / "results" / "msgbatch_1.jsonl") == kept
    assert kept_requests(tmp_path / "results" / "msgbatch_1.jsonl.zst") == kept
