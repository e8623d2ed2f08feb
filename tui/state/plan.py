"""What a file of requests would become, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.state.plain import plain_line
from tui.state.question import Fact
from tui.state.wording import count, megabytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches import Plan

__all__ = ("describe_faults", "describe_plan")

MODELS = 8
FAULTS = 200
"""So many are shown; the command shows all of them."""


def describe_plan(plan: Plan) -> tuple[Fact, ...]:
    """Return what there is to know before it is submitted."""
    facts = [
        Fact(f"{count(plan.requests)} requests, {megabytes(plan.bytes)}"),
        Fact(f"{count(plan.max_output_tokens)} output tokens at most"),
    ]
    if len(plan.chunks) > 1:
        sizes = [chunk.requests for chunk in plan.chunks]
        span = f"{count(min(sizes))} to {count(max(sizes))}"
        facts.append(Fact(f"cut into {count(len(sizes))} batches of {span} requests"))
    models = sorted(plan.models.items(), key=lambda item: -item[1])
    facts += [Fact(f"  {plain_line(model)}: {count(number)}") for model, number in models[:MODELS]]
    if len(models) > MODELS:
        facts.append(Fact(f"  and {count(len(models) - MODELS)} other models"))
    return tuple(facts)


def describe_faults(sentences: Sequence[str]) -> tuple[Fact, ...]:
    """Return why a file cannot be submitted, line by line."""
    number = len(sentences)
    first = "1 fault" if number == 1 else f"{count(number)} faults"
    facts = [Fact(f"{first}; nothing was sent:", "bad")]
    facts += [Fact(plain_line(sentence)) for sentence in sentences[:FAULTS]]
    if number > FAULTS:
        more = f"and {count(number - FAULTS)} more: trio-batches submit --dry-run FILE shows them"
        facts.append(Fact(more, "dim"))
    return tuple(facts)
