"""Lines of results files, for tests of what shows them."""

from __future__ import annotations

import json

__all__ = ("canceled", "errored", "expired", "line", "succeeded")


def line(custom_id: str, result: object) -> bytes:
    return json.dumps({"custom_id": custom_id, "result": result}).encode() + b"\n"


def succeeded(  # noqa: PLR0913  # every test says what matters to it
    custom_id: str,
    text: str = "An answer.",
    *,
    model: str = "claude-a",
    stop: str = "end_turn",
    tokens: tuple[int, int] = (10, 20),
    content: object = None,
) -> bytes:
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content if content is not None else [{"type": "text", "text": text}],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1]},
    }
    return line(custom_id, {"type": "succeeded", "message": message})


def errored(custom_id: str, kind: str = "invalid_request_error", message: str = "No.") -> bytes:
    error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return line(custom_id, {"type": "errored", "error": error})


def canceled(custom_id: str) -> bytes:
    return line(custom_id, {"type": "canceled"})


def expired(custom_id: str) -> bytes:
    return line(custom_id, {"type": "expired"})
