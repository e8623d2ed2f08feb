"""Creates that are written down before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.store.ledger_samples import START, intent, seen
from trio_batches.store import Home, Label, open_ledger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from trio_batches.store import Intent, IntentState, Ledger


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    async with open_ledger(Home(tmp_path)) as opened:
        yield opened


async def found(ledger: Ledger, number: int = 0) -> Intent:
    known = await ledger.find_intent(f"intent-{number}")
    assert known is not None
    return known


async def bring(ledger: Ledger, state: IntentState) -> None:
    """Plan an intent and bring it into a state."""
    await ledger.plan([intent()])
    if state in ("sent", "ambiguous"):
        assert await ledger.mark_sent("intent-0", START)
    if state == "confirmed":
        assert await ledger.confirm("intent-0", *seen(1))
    elif state == "ambiguous":
        assert await ledger.mark_ambiguous("intent-0", "cut")
    elif state == "failed":
        assert await ledger.fail("intent-0", "400")
    elif state == "abandoned":
        assert await ledger.abandon("intent-0")
    assert (await found(ledger)).state == state


async def test_an_intent_is_found_as_it_was_planned(ledger: Ledger) -> None:
    wanted = intent(
        input_path="/in.jsonl",
        input_sha256="ab",
        n_bytes=1234,
        sha256="cd",
        first_ids=("a", "ä"),
        label="nightly",
        parents=("msgbatch_1", "msgbatch_2"),
        watermark='{"id": "msgbatch_0"}',
    )
    await ledger.plan([wanted, intent(1, input_sha256="ab"), intent(2, submission="another")])
    assert await ledger.find_intent("intent-0") == wanted
    assert await ledger.find_intent("unknown") is None
    assert [item.id for item in await ledger.open_intents()] == ["intent-0", "intent-1", "intent-2"]
    assert [item.id for item in await ledger.intents_of_input("ab")] == ["intent-0", "intent-1"]
    chunks = await ledger.intents_of_submission("submission-1")
    assert [item.chunk for item in chunks] == [0, 1]


async def test_all_intents_are_planned_or_none(ledger: Ledger) -> None:
    await ledger.plan([intent(1)])
    with pytest.raises(ValueError, match="intent-1 already"):
        await ledger.plan([intent(0), intent(1)])
    assert [item.id for item in await ledger.open_intents()] == ["intent-1"]


async def test_an_intent_becomes_a_batch(ledger: Ledger) -> None:
    await ledger.plan([intent(label="nightly")])
    assert await ledger.mark_sent("intent-0", START)
    assert (await found(ledger)).sent_at == START
    batch, raw = seen(1, "in_progress")
    assert await ledger.confirm("intent-0", batch, raw)
    known = await found(ledger)
    assert (known.state, known.batch_id) == ("confirmed", batch.id)
    assert await ledger.intent_of_batch(batch.id) == known
    assert await ledger.intent_of_batch("another") is None
    assert await ledger.open_intents() == []
    listed = await ledger.find(batch.id)
    assert listed is not None
    assert listed.label == "nightly"
    assert await ledger.raw([batch.id]) == {batch.id: raw}


async def test_a_batchs_own_label_wins_over_its_intents(ledger: Ledger) -> None:
    await ledger.plan([intent(label="nightly")])
    await ledger.set_label("msgbatch_000001", "mine")
    assert await ledger.confirm("intent-0", *seen(1))
    assert await ledger.labels() == {"msgbatch_000001": Label("mine")}


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("planned", True),
        ("sent", False),
        ("ambiguous", True),
        ("confirmed", False),
        ("failed", False),
        ("abandoned", False),
    ],
)
async def test_only_one_may_send(ledger: Ledger, state: IntentState, allowed: bool) -> None:  # noqa: FBT001
    await bring(ledger, state)
    assert await ledger.mark_sent("intent-0") == allowed
    assert not await ledger.mark_sent("intent-0")


@pytest.mark.parametrize("state", ["planned", "sent", "ambiguous", "failed", "abandoned"])
async def test_a_batch_is_confirmed_in_any_state(ledger: Ledger, state: IntentState) -> None:
    await bring(ledger, state)
    assert await ledger.confirm("intent-0", *seen(1))
    assert await ledger.confirm("intent-0", *seen(1))


async def test_an_intent_has_one_batch_and_a_batch_one_intent(ledger: Ledger) -> None:
    await ledger.plan([intent(0), intent(1)])
    assert await ledger.confirm("intent-0", *seen(1))
    assert not await ledger.confirm("intent-0", *seen(2))
    assert not await ledger.confirm("intent-1", *seen(1))
    assert not await ledger.confirm("unknown", *seen(3))
    assert (await found(ledger)).batch_id == "msgbatch_000001"
    assert (await found(ledger, 1)).state == "planned"


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("planned", {"fail", "abandon"}),
        ("sent", {"ambiguous", "fail", "postpone"}),
        ("ambiguous", {"ambiguous", "fail", "abandon"}),
        ("confirmed", set[str]()),
        ("failed", {"abandon"}),
        ("abandoned", set[str]()),
    ],
)
@pytest.mark.parametrize("step", ["ambiguous", "fail", "abandon", "postpone"])
async def test_the_steps_that_each_state_allows(
    ledger: Ledger, state: IntentState, steps: set[str], step: str
) -> None:
    await bring(ledger, state)
    match step:
        case "ambiguous":
            moved = await ledger.mark_ambiguous("intent-0", "why")
        case "fail":
            moved = await ledger.fail("intent-0", "why")
        case "abandon":
            moved = await ledger.abandon("intent-0", "why")
        case _:
            moved = await ledger.postpone("intent-0")
    assert moved == (step in steps)
    known = await found(ledger)
    if not moved:
        assert known.state == state
    elif step == "postpone":
        assert (known.state, known.sent_at) == ("planned", None)
    else:
        assert known.reason == "why"
