"""Succeeded messages, rendered once and used for many results."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from trio_batches.simulator.dice import roll_dice, roll_id

if TYPE_CHECKING:
    from random import Random

__all__ = ("MessageTemplate", "render_message", "render_templates")

_TEMPLATES = 32
_TEMPLATE_BUDGET = 8 << 20
"""Bytes that one set of templates may take; bigger results share fewer templates."""

_MARK = "\x01"
"""Stands for the number of a result until it is known; JSON writes it as six characters."""

_SENTENCES = (
    "The harbour was quiet, and the gulls had gone inland before the rain.",
    "Sort the rows by weight first; the second pass is then linear.",
    'She wrote "not yet" in the margin and closed the book.',
    "In short: yes, but only when both sides hold the same key.",
    "Précis – naïve façade, œuvre, Größe, ¿qué tal?, 数据处理, 안녕하세요.",  # noqa: RUF001  # the dash is one of the traps
    "A path such as C:\\temp\\new needs its backslashes kept.",
    "Results: 🎉 done, 🧪 tried, 👩🏽‍🚀 launched.",
    "This line has a separator\u2028inside, and a paragraph\u2029mark.",
    "1. Heat the pan.\n2. Add the onions.\n3. Wait.",
    "| item | count |\n| --- | ---: |\n| apples | 12 |",
    "```python\nprint('hello')\n```",
    "Columns\tare\tseparated\tby\ttabs.",
    "Между строк видно больше, чем в строках.",
    "The sum of the first n odd numbers is n squared.",
)

_STOPS = ("end_turn", "end_turn", "end_turn", "max_tokens", "end_turn", "stop_sequence")


class MessageTemplate(msgspec.Struct, frozen=True):
    """A line of results, cut where the `custom_id` and the number of the result go.

    `OPEN custom_id middle number tail` is the line, newline included.
    """

    middle: bytes
    tail: bytes


@lru_cache(maxsize=8)
def render_templates(seed: str, model: str, result_bytes: int) -> tuple[MessageTemplate, ...]:
    """Return the templates of the results of one model.

    Args:
        seed: The world's.
        model: What answers.
        result_bytes: The length of a line, roughly: from half to one and a half of it.
    """
    count = max(1, min(_TEMPLATES, _TEMPLATE_BUDGET // result_bytes))
    dice = roll_dice(seed, model, result_bytes)
    return tuple(
        _render(dice, model, int(result_bytes * (0.5 + (turn + 0.5) / count)), turn)
        for turn in range(count)
    )


def render_message(
    dice: Random,
    model: str,
    content: list[dict[str, object]],
    stop_reason: str,
    output_tokens: int | None = None,
) -> MessageTemplate:
    """Return the template of a result that succeeded.

    Args:
        dice: For ids and usage.
        model: What answered.
        content: The blocks of its message.
        stop_reason: Why it ended.
        output_tokens: What it was; as many as so much content takes if absent.
    """
    if output_tokens is None:
        output_tokens = max(1, len(msgspec.json.encode(content)) // 4)
    message = _message(dice, model, content, stop_reason, output_tokens)
    rendered = msgspec.json.encode({"type": "succeeded", "message": message})
    middle, _, tail = rendered.partition(b"\\u0001")
    return MessageTemplate(b'","result":' + middle, tail + b"}\n")


def _render(dice: Random, model: str, size: int, turn: int) -> MessageTemplate:
    """Return a template of one of several kinds: text, with thinking, with a tool."""
    stop = _STOPS[turn % len(_STOPS)]
    content: list[dict[str, object]] = [{"type": "text", "text": _text(dice, max(1, size - 800))}]
    if turn % 8 == 5:  # noqa: PLR2004
        content.insert(0, _thinking(dice))
    if turn % 8 == 6:  # noqa: PLR2004
        stop = "tool_use"
        content.append(_tool_use(dice))
    tokens = max(1, size // 4) + _thinking_tokens(content)
    return render_message(dice, model, content, stop, tokens)


def _thinking_tokens(content: list[dict[str, object]]) -> int:
    return 120 if any(block["type"] == "thinking" for block in content) else 0


def _message(
    dice: Random,
    model: str,
    content: list[dict[str, object]],
    stop: str,
    output_tokens: int,
) -> dict[str, object]:
    return {
        "model": model,
        "id": f"{roll_id(dice, 'msg')[:17]}{_MARK}",
        "type": "message",
        "role": "assistant",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": "END" if stop == "stop_sequence" else None,
        "stop_details": None,
        "usage": {
            "input_tokens": dice.randrange(20, 2000),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": dice.choice((0, 0, 1024)),
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": output_tokens,
            "output_tokens_details": {"thinking_tokens": _thinking_tokens(content)},
            "server_tool_use": None,
            "service_tier": "batch",
            "inference_geo": "global",
            "speed": "standard",
        },
    }


def _text(dice: Random, size: int) -> str:
    """Return text that takes about `size` bytes of JSON."""
    sentences = list(_SENTENCES)
    dice.shuffle(sentences)
    paragraph = " ".join(sentences) + "\n\n"
    encoded = len(msgspec.json.encode(paragraph)) - 2
    whole, rest = divmod(size, encoded)
    return paragraph * whole + paragraph[: rest * len(paragraph) // encoded]


def _thinking(dice: Random) -> dict[str, object]:
    signature = roll_id(dice, "sig").encode().hex()
    return {"type": "thinking", "thinking": _text(dice, 200), "signature": signature}


def _tool_use(dice: Random) -> dict[str, object]:
    return {
        "type": "tool_use",
        "id": roll_id(dice, "toolu"),
        "name": "record_measurement",
        "input": {"value": dice.randrange(1000) / 10, "unit": "kg", "tags": ["a", "b"]},
        "caller": {"type": "direct"},
    }
