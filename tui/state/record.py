"""One line of a results file, and its request, in the order in which people read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, cast

import msgspec

from tui.state.outline import Node, json_node, text_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.state.rows import Tone

__all__ = ("MAX_DECODED", "answer_nodes", "answer_text", "raw_nodes", "request_nodes")

MAX_DECODED: Final = 16 << 20
"""Bytes of a line that is decoded to be read; of a longer one, the beginning is shown raw."""

RAW_BYTES = 64 << 10

_NOT_RUN: Final = {
    "canceled": "The batch was cancelled before this request was begun. It is not billed.",
    "expired": "The request was not begun within 24 hours. It is not billed.",
}
_UNFIT = (msgspec.MsgspecError, UnicodeError, RecursionError)


def answer_nodes(line: bytes) -> list[Node]:
    """Return what a line of results says."""
    record = _decoded(line)
    result = _object(_object(record).get("result"))
    if not result:
        return raw_nodes(line)
    kind = _string(result.get("type"))
    if kind == "succeeded":
        return _message_nodes(_object(result.get("message")))
    if kind == "errored":
        return _error_nodes(_object(result.get("error")))
    if kind in _NOT_RUN:
        return [Node(_NOT_RUN[kind], "warn")]
    sentence = f"A result of a type that this release does not know: {kind}"
    return [Node(sentence, "warn"), json_node(result)]


def request_nodes(line: bytes) -> list[Node]:
    """Return what a line of requests asks."""
    request = _object(_decoded(line))
    params = _object(request.get("params") or request.get("body"))
    if not params:
        return raw_nodes(line)
    shown = {"system", "messages", "tools"}
    facts = {name: value for name, value in params.items() if name not in shown}
    nodes = [json_node(value, name, 1) for name, value in facts.items()]
    if "system" in params:
        nodes += [Node(""), _section("system", params["system"], folded=True)]
    if params.get("tools"):
        nodes += [Node(""), json_node(params["tools"], "tools", 0)]
    for message in _list(params.get("messages")):
        turn = _object(message)
        nodes += [Node(""), _section(_string(turn.get("role")), turn.get("content"))]
    return nodes


def raw_nodes(line: bytes) -> list[Node]:
    """Return a line as it is: as a tree if it is JSON, or else its beginning as text."""
    value = _decoded(line)
    if value is not None:
        return [json_node(value, depth=4)]
    if len(line) > MAX_DECODED:
        reason = f"The line has {len(line):,} bytes; this is its beginning."
    else:
        reason = f"The line is not JSON: {_fault(line)}"
    text = line[:RAW_BYTES].decode(errors="replace")
    nodes = [Node(reason, "bad"), Node(""), *text_nodes(text)]
    if len(line) > RAW_BYTES:
        nodes.append(Node(f"… {len(line) - RAW_BYTES:,} more bytes are not shown", "warn"))
    return nodes


def answer_text(line: bytes) -> str:
    """Return the text of an answer; empty if it has none."""
    record = _object(_decoded(line))
    message = _object(_object(record.get("result")).get("message"))
    blocks = map(_object, _list(message.get("content")))
    return "".join(_string(block.get("text")) for block in blocks)


def _message_nodes(message: Mapping[str, object]) -> list[Node]:
    nodes: list[Node] = []
    for block in _list(message.get("content")):
        nodes += [*_block_nodes(_object(block)), Node("")]
    stop = _string(message.get("stop_reason")) or "none"
    nodes.append(Node(f"stop reason: {stop}", "warn" if stop != "end_turn" else "dim"))
    if message.get("stop_details"):
        nodes.append(json_node(message["stop_details"], "stop details", 1))
    nodes.append(json_node(message.get("usage"), "usage", 1))
    return nodes


def _block_nodes(block: Mapping[str, object]) -> list[Node]:
    kind = _string(block.get("type"))
    if kind == "text":
        nodes = text_nodes(_string(block.get("text")))
        citations = _list(block.get("citations"))
        if citations:
            nodes.append(_cited(citations))
        return nodes
    if kind == "thinking":
        text = _string(block.get("thinking"))
        title = f"thinking, {len(text):,} characters"
        return [Node(title, "dim", lambda: text_nodes(text, "dim"), folded=True)]
    if kind == "redacted_thinking":
        return [Node("thinking that the service keeps to itself", "dim")]
    if kind.endswith("tool_use"):
        title = f"→ {_string(block.get('name'))}  {kind} {_string(block.get('id'))}"
        return [Node(title, "busy", lambda: [json_node(block.get("input"), "input")])]
    if "tool_result" in kind:
        return [_section(f"← {kind}", block.get("content"), tone="busy", folded=True)]
    return [json_node(block, kind or "block", 1)]


def _cited(citations: Sequence[object]) -> Node:
    def below() -> list[Node]:
        nodes: list[Node] = []
        for citation in map(_object, citations):
            source = _string(citation.get("title") or citation.get("document_title"))
            cited = _string(citation.get("cited_text")).strip()
            nodes.append(json_node(citation, f"“{cited[:120]}” {source}", 0))
        return nodes

    title = "1 citation" if len(citations) == 1 else f"{len(citations)} citations"
    return Node(title, "dim", below, folded=True)


def _error_nodes(body: Mapping[str, object]) -> list[Node]:
    error = _object(body.get("error"))
    nodes = [
        Node(f"✗ {_string(error.get('type'))}", "bad"),
        *text_nodes(_string(error.get("message"))),
    ]
    if error.get("details"):
        nodes.append(json_node(error["details"], "details", 2))
    if body.get("request_id"):
        nodes += [Node(""), Node(f"request id: {_string(body['request_id'])}", "dim")]
    return nodes


def _section(title: str, content: object, tone: Tone = "busy", *, folded: bool = False) -> Node:
    """Return a title, and below it content that is a text or a list of blocks."""

    def below() -> list[Node]:
        if isinstance(content, str):
            return text_nodes(content)
        blocks = _list(content)
        if blocks:
            return [node for block in blocks for node in _block_nodes(_object(block))]
        return [json_node(content)]

    return Node(title or "(no role)", tone, below, folded=folded)


def _decoded(line: bytes) -> object:
    """Return a line's JSON; None where it is none, or too long to be decoded at once."""
    if len(line) > MAX_DECODED:
        return None
    try:
        return msgspec.json.decode(line)
    except _UNFIT:
        return _decoded_otherwise(line)


def _decoded_otherwise(line: bytes) -> object:
    """Return JSON that only the standard library reads; half a surrogate pair becomes a `?`."""
    try:
        text = json.dumps(json.loads(line), ensure_ascii=False)
        return json.loads(text.encode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _fault(line: bytes) -> str:
    try:
        msgspec.json.decode(line)
    except _UNFIT as exc:
        return str(exc)
    return ""


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list) else ()


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
