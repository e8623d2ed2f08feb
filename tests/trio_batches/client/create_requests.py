"""Requests that a create can take."""

from __future__ import annotations

VERSION = "2026-10-21"


def params(text: str = "hello") -> dict[str, object]:
    return {
        "model": "claude-sonnet-5",
        "max_tokens": 16,
        "messages": [{"role": "user", "content": text}],
    }


def requests(count: int, text: str = "hello") -> list[dict[str, object]]:
    return [{"custom_id": f"r{number}", "params": params(text)} for number in range(count)]
