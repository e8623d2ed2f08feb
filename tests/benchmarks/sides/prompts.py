"""Requests to create a batch of."""

from __future__ import annotations

import gc

__all__ = ("make_requests",)

_SENTENCE = "Read the report below, and say in one paragraph what it found and what it left open. "


def make_requests(count: int) -> list[dict[str, object]]:
    """Return requests of 1,390 bytes: 100,000 make a body of 139 MB."""
    text = (_SENTENCE * 20)[:1220]
    requests: list[dict[str, object]] = [
        {
            "custom_id": f"request-{number:07d}",
            "params": {
                "model": "claude-sonnet-5",
                "max_tokens": 1024,
                "messages": [{"role": "user", "content": f"{number:07d} {text}"}],
            },
        }
        for number in range(count)
    ]
    gc.collect()  # the garbage collector's first look at these is not what is measured
    return requests
