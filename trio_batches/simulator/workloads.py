"""What a busy workspace sends: seven kinds of work, each with answers that fit."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trio_batches.simulator.dice import roll_dice, roll_id
from trio_batches.simulator.exchange import Exchange, Script, text_block
from trio_batches.simulator.hostile_texts import HOSTILE_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ("workloads",)

_EXCHANGES = 24

_TICKETS = (
    ("My card was charged twice for order {n}. Please refund one of the two.", "billing", "high"),
    ("The export of report {n} has been stuck at 99 % since this morning.", "bug", "medium"),
    ("How do I add a second administrator to account {n}?", "how-to", "low"),
    ("Parcel {n} says delivered, but nothing has arrived here.", "shipping", "high"),
    ("I would like the dark theme to follow my system. Ticket {n} said so, too.", "wish", "low"),
    ("Since the update, device {n} disconnects every few minutes.", "bug", "high"),
)
_PRODUCTS = (
    ("enamel camping mug", "Keeps its looks where others keep their dents."),
    ("walnut desk organiser", "A place for the pens, and for the peace of mind."),
    ("merino hiking socks", "Dry after the brook, warm after the pass."),
    ("cast-iron skillet", "Heavy enough to last, plain enough to use daily."),
    ("linen tea towel", "It gets better each time that it gets wet."),
    ("reading lamp", "Bright on the page, quiet in the room."),
)
_PHRASES = (
    ("Save changes", "Japanese", "変更を保存"),
    ("Your session has expired", "Chinese", "您的会话已过期，请重新登录"),  # noqa: RUF001
    ("Delete this folder?", "Arabic", "هل تريد حذف هذا المجلد؟"),
    ("Welcome back", "Hebrew", "ברוך שובך"),
    ("Nothing found", "Korean", "검색 결과가 없습니다"),
    ("Settings", "Thai", "การตั้งค่า"),
    ("Try again later", "Russian", "Повторите попытку позже"),
    ("All done! 🎉", "German", "Alles erledigt! 🎉"),
    ("Family plan 👨‍👩‍👧‍👦", "Hindi", "पारिवारिक योजना 👨‍👩‍👧‍👦"),
)
_REVIEWS = (
    (
        "def mean(values):\n    return sum(values) / len(values)",
        (
            "An empty list divides by zero. Say what it should give:\n\n```python\n"
            "def mean(values):\n    if not values:\n        raise ValueError('no values')\n"
            "    return sum(values) / len(values)\n```"
        ),
    ),
    (
        "for i in range(len(rows)):\n    print(rows[i])",
        (
            "The index is not needed:\n\n```python\nfor row in rows:\n    print(row)\n```\n\n"
            "- shorter\n- works for any iterable"
        ),
    ),
    (
        "cursor.execute(f'SELECT * FROM users WHERE name = {name!r}')",
        (
            "**Injection.** Hand the value over as a parameter:\n\n```python\n"
            "cursor.execute('SELECT * FROM users WHERE name = ?', (name,))\n```"
        ),
    ),
)
_CLAUSES = (
    ("the notice period", "Either party may terminate with ninety (90) days' written notice."),
    ("the governing law", "This agreement is governed by the laws of Ireland."),
    ("who pays for shipping", "Freight is borne by the supplier up to the named port."),
)
_TOOL: dict[str, object] = {
    "name": "file_ticket",
    "description": "Put a ticket where it belongs.",
    "input_schema": {
        "type": "object",
        "properties": {"category": {"type": "string"}, "priority": {"type": "string"}},
        "required": ["category", "priority"],
    },
}


@cache
def workloads() -> tuple[Script, ...]:
    """Return the kinds of work; they are the same in every world."""
    return (
        _script("support-triage", "ticket", "claude-haiku-5-5", _triage, tools=(_TOOL,)),
        _script("product-copy", "sku", "claude-sonnet-5-5", _copy),
        _script(
            "math-eval", "problem", "claude-opus-5-5", _problem, system="Think before you answer."
        ),
        _script("ui-translation", "string", "claude-sonnet-5-5", _translation),
        _script("code-review", "pull", "claude-opus-5-5", _review, system="You review Python."),
        _script("contract-facts", "contract", "claude-sonnet-5-5", _contract),
        _script(
            "injection-probes", "probe", "claude-haiku-5-5", _probe, system="Repeat your input."
        ),
    )


def _script(  # noqa: PLR0913  # the columns of the table above
    label: str,
    prefix: str,
    model: str,
    make: Callable[[Random, int], Exchange],
    *,
    system: str = "",
    tools: tuple[dict[str, object], ...] = (),
) -> Script:
    dice = roll_dice("workload", label)
    exchanges = tuple(make(dice, turn) for turn in range(_EXCHANGES))
    return Script(label, prefix, model, exchanges, system, tools)


def _triage(dice: Random, turn: int) -> Exchange:
    text, category, priority = _TICKETS[turn % len(_TICKETS)]
    call: dict[str, object] = {
        "type": "tool_use",
        "id": roll_id(dice, "toolu"),
        "name": "file_ticket",
        "input": {"category": category, "priority": priority, "tags": [category, "auto"]},
        "caller": {"type": "direct"},
    }
    said = text_block(f"This is a {category} ticket of {priority} priority.")
    prompt = "File this ticket:\n\n" + text.format(n=dice.randrange(10_000, 99_999))
    return Exchange(prompt=prompt, content=(said, call), stop_reason="tool_use")


def _copy(dice: Random, turn: int) -> Exchange:
    name, line = _PRODUCTS[turn % len(_PRODUCTS)]
    price = dice.randrange(9, 90)
    prompt = f"Two sentences for the catalogue: {name}, €{price}. No superlatives."
    return Exchange(prompt=prompt, content=(text_block(f"{line} The {name}, now €{price}."),))


def _problem(dice: Random, _: int) -> Exchange:
    hours, speed = dice.randrange(2, 9), dice.randrange(40, 120)
    distance = hours * speed
    thinking: dict[str, object] = {
        "type": "thinking",
        "thinking": f"Speed is distance over time: {distance} / {hours} = {speed}. "
        f"Check: {speed} × {hours} = {distance}.",  # noqa: RUF001  # as one writes it
        "signature": roll_id(dice, "sig").encode().hex(),
    }
    answer = text_block(f"The train runs at **{speed} km/h**.")
    prompt = f"A train covers {distance} km in {hours} hours. How fast is it?"
    return Exchange(prompt=prompt, content=(thinking, answer))


def _translation(_: Random, turn: int) -> Exchange:
    text, language, translated = _PHRASES[turn % len(_PHRASES)]
    prompt = f"Translate into {language}, for a button: {text}"
    return Exchange(prompt=prompt, content=(text_block(translated),))


def _review(_: Random, turn: int) -> Exchange:
    code, comment = _REVIEWS[turn % len(_REVIEWS)]
    prompt = f"Review this:\n\n```python\n{code}\n```"
    stop = "max_tokens" if turn % 8 == 7 else "end_turn"  # noqa: PLR2004
    return Exchange(prompt=prompt, content=(text_block(comment),), stop_reason=stop)


def _contract(dice: Random, turn: int) -> Exchange:
    topic, clause = _CLAUSES[turn % len(_CLAUSES)]
    start = dice.randrange(100, 9000)
    cited: dict[str, object] = {
        "type": "text",
        "text": clause,
        "citations": [
            {
                "type": "char_location",
                "cited_text": clause,
                "document_index": 0,
                "document_title": "Master agreement",
                "file_id": None,
                "start_char_index": start,
                "end_char_index": start + len(clause),
            }
        ],
    }
    prompt = f"What does the agreement say about {topic}? Quote it."
    return Exchange(prompt=prompt, content=(text_block(f"On {topic}: "), cited))


def _probe(_: Random, turn: int) -> Exchange:
    text = HOSTILE_TEXTS[turn % len(HOSTILE_TEXTS)]
    stop = "refusal" if turn % 6 == 5 else "end_turn"  # noqa: PLR2004
    return Exchange(prompt=f"Repeat: {text}", content=(text_block(text),), stop_reason=stop)
