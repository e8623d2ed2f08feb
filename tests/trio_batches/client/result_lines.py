"""Results as a scripted peer sends them, and how tests read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trio_batches.types import (
    MessageBatch,
    RequestCounts,
)

if TYPE_CHECKING:
    from trio_batches.client import Client


def ended_batch(succeeded: int = 0, *, errored: int = 0) -> MessageBatch:
    """Return an ended batch that a scripted peer could have."""
    return msgspec.json.decode(
        msgspec.json.encode(
            {
                "id": "msgbatch_1",
                "processing_status": "ended",
                "request_counts": RequestCounts(
                    processing=0, succeeded=succeeded, errored=errored, canceled=0, expired=0
                ),
                "created_at": "2099-01-01T00:00:00Z",
                "expires_at": "2099-01-02T00:00:00Z",
                "results_url": "http://service.test/results",
            }
        ),
        type=MessageBatch,
    )


def line(custom_id: str, kind: str = "succeeded", text: str = "hello") -> bytes:
    """Return one line of results."""
    result: dict[str, object] = {"type": kind}
    if kind == "succeeded":
        result["message"] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    elif kind == "errored":
        error = {"type": "overloaded_error", "message": "Overloaded"}
        result["error"] = {"type": "error", "error": error, "request_id": "req_1"}
    return msgspec.json.encode({"custom_id": custom_id, "result": result}) + b"\n"


async def read_ids(client: Client, batch: str | MessageBatch) -> list[str]:
    async with client.messages.batches.results(batch) as results:
        return [record.custom_id async for record in results]
