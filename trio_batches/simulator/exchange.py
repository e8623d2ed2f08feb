"""Requests whose answers fit them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from trio_batches.simulator.dice import roll_dice
from trio_batches.simulator.messages import render_message

if TYPE_CHECKING:
    from trio_batches.simulator.messages import MessageTemplate

__all__ = ("Exchange", "Script", "text_block")


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, and what was answered.

    Attributes:
        prompt: The user's message.
        content: The blocks of the answer.
        stop_reason: Why it ended.
    """

    prompt: str
    content: tuple[dict[str, object], ...]
    stop_reason: str = "end_turn"


@dataclass(frozen=True)
class Script:
    """What the requests of a batch ask and what is answered, over and over.

    Attributes:
        label: What its owner would call it.
        prefix: What its custom ids begin with.
        model: What answers.
        exchanges: The slots of the batch have these, one after the other.
        system: The system prompt of all requests.
        tools: What the answers may call.
    """

    label: str
    prefix: str
    model: str
    exchanges: tuple[Exchange, ...]
    system: str = ""
    tools: tuple[dict[str, object], ...] = ()

    @cached_property
    def templates(self) -> tuple[MessageTemplate, ...]:
        """The result lines of the exchanges."""
        dice = roll_dice("script", self.label)
        return tuple(
            render_message(dice, self.model, list(exchange.content), exchange.stop_reason)
            for exchange in self.exchanges
        )

    @cached_property
    def result_bytes(self) -> int:
        """The mean length of a result line."""
        sizes = [len(template.middle) + len(template.tail) for template in self.templates]
        return sum(sizes) // len(sizes) + 40

    def custom_id(self, index: int) -> str:
        """Return the id of a request."""
        return f"{self.prefix}-{10_000 + index}"

    def request_line(self, index: int, slot: int) -> bytes:
        """Return the request that has a slot of the batch, newline included."""
        params: dict[str, object] = {
            "model": self.model,
            "max_tokens": 1024,
            "messages": [
                {"role": "user", "content": self.exchanges[slot % len(self.exchanges)].prompt}
            ],
        }
        if self.system:
            params["system"] = self.system
        if self.tools:
            params["tools"] = self.tools
        return msgspec.json.encode({"custom_id": self.custom_id(index), "params": params}) + b"\n"


def text_block(text: str) -> dict[str, object]:
    """Return a block of text."""
    return {"type": "text", "text": text}
