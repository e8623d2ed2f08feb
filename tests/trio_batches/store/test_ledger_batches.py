"""Batches and labels in the ledger."""

from __future__ import annotations

import re
import sys
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from tests.trio_batches.store.ledger_samples import START, ask, batch, seen
from trio_batches.store import Home, Label, ledger_batches, open_ledger
from trio_batches.store import ledger as ledger_module
from trio_batches.types import RequestCounts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from trio_batches.store import Ledger

LATER = START + timedelta(days=2)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
async def ledger(home: Home) -> AsyncGenerator[Ledger]:
    async with open_ledger(home) as opened:
        yield opened


async def test_a_batch_is_found_as_it_was_seen(ledger: Ledger) -> None:
    wanted, raw = seen(1, cancel_initiated_at=START, archived_at=LATER)
    await ledger.save_batches([(wanted, raw)], seen_at=LATER)
    found = await ledger.find(wanted.id)
    assert found is not None
    assert found.ended
    assert (found.id, found.status, found.total) == (wanted.id, "ended", 10)
    assert found.request_counts == wanted.request_counts
    assert (found.created_at, found.ended_at) == (wanted.created_at, wanted.ended_at)
    assert found.expires_at == wanted.expires_at
    assert (found.cancel_initiated_at, found.archived_at) == (START, LATER)
    assert (found.seen_at, found.gone_at, found.verified_at) == (LATER, None, None)
    assert (found.label, found.note) == (None, None)
    assert await ledger.batches() == [found]


async def test_the_services_json_is_kept_byte_for_byte(ledger: Ledger) -> None:
    batches = [seen(number) for number in range(3)]
    await ledger.save_batches(batches)
    wanted = [item.id for item, _ in batches]
    assert await ledger.raw([*wanted, "unknown"]) == {item.id: raw for item, raw in batches}
    assert await ledger.message_batches([*wanted, "unknown"]) == [item for item, _ in batches]


async def test_times_of_other_zones_are_kept_in_utc(ledger: Ledger) -> None:
    zone = timezone(timedelta(hours=-2))
    await ledger.save_batches([seen(1, created_at=(START + timedelta(microseconds=1)))])
    await ledger.save_batches([seen(2, created_at=START.astimezone(zone))])
    assert [item.id for item in await ledger.batches()] == ["msgbatch_000001", "msgbatch_000002"]


async def test_what_was_never_seen_is_not_there(ledger: Ledger) -> None:
    assert await ledger.find("msgbatch_1") is None
    assert await ledger.batches() == []
    assert await ledger.known_ids() == []
    await ledger.save_batches([])
    assert await ledger.batches() == []


@pytest.mark.parametrize("count", [4, 5, 6, 10, 23])
async def test_many_are_listed_in_order_whatever_the_pieces(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(ledger_batches, "_PIECE", 5)
    numbers = [number * 7_919 % count for number in range(count)]
    await ledger.save_batches(
        seen(n, created_at=START + timedelta(seconds=n // 7)) for n in numbers
    )
    ids = [f"msgbatch_{number:06}" for number in range(count)]
    assert [item.id for item in await ledger.batches(newest_first=False)] == ids
    assert [item.id for item in await ledger.batches()] == ids[::-1]
    assert await ledger.known_ids() == ids[::-1]
    assert [item.id for item in await ledger.batches(limit=7)] == ids[::-1][:7]


async def test_thousands_are_saved_and_listed(ledger: Ledger) -> None:
    await ledger.save_batches(seen(number) for number in range(6_001))
    ids = [item.id for item in await ledger.batches()]
    assert ids == [f"msgbatch_{number:06}" for number in reversed(range(6_001))]


async def test_lists_are_narrowed(ledger: Ledger) -> None:
    await ledger.save_batches(
        [seen(1), seen(2, "in_progress"), seen(3), seen(4, "canceling"), seen(5)]
    )
    await ledger.set_label("msgbatch_000001", "nightly")
    await ledger.set_label("msgbatch_000002", "nightly")
    await ledger.mark_gone(["msgbatch_000003", "unknown"])

    async def numbers(**arguments: object) -> list[int]:
        found = await ledger.batches(**arguments)  # type: ignore[arg-type]
        return [int(item.id[-6:]) for item in found]

    assert await numbers() == [5, 4, 2, 1]
    assert await numbers(status="ended") == [5, 1]
    assert await numbers(label="nightly") == [2, 1]
    assert await numbers(label="nightly", status="ended") == [1]
    assert await numbers(limit=2) == [5, 4]
    assert await numbers(limit=0) == []
    assert await numbers(newest_first=False, limit=2) == [1, 2]
    assert await numbers(gone=True) == [3]
    assert await numbers(gone=None) == [5, 4, 3, 2, 1]
    assert [id_[-1] for id_ in await ledger.known_ids()] == ["5", "4", "3", "2", "1"]
    assert [id_[-1] for id_ in await ledger.known_ids(gone=True)] == ["3"]
    assert [id_[-1] for id_ in await ledger.known_ids(gone=False)] == ["5", "4", "2", "1"]


@pytest.mark.parametrize(
    ("first", "second", "last"),
    [
        ("in_progress", "ended", "ended"),
        ("in_progress", "canceling", "canceling"),
        ("canceling", "in_progress", "canceling"),
        ("ended", "in_progress", "ended"),
        ("ended", "canceling", "ended"),
        ("in_progress", "pondering", "pondering"),
        ("pondering", "in_progress", "pondering"),
        ("pondering", "ended", "ended"),
    ],
)
async def test_a_later_state_is_not_overwritten_by_an_earlier_one(
    ledger: Ledger, first: str, second: str, last: str
) -> None:
    await ledger.save_batches([seen(1, first)])
    await ledger.save_batches([seen(1, second)])
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert found.status == last
    assert (await ledger.message_batches([found.id]))[0].processing_status == last


async def test_archived_results_stay_archived(ledger: Ledger) -> None:
    await ledger.save_batches([seen(1, archived_at=LATER)])
    await ledger.save_batches([seen(1)])
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert found.archived_at == LATER


async def test_of_two_answers_the_one_asked_for_later_counts(ledger: Ledger) -> None:
    counts = RequestCounts(processing=9, succeeded=1, errored=0, canceled=0, expired=0)
    newer = seen(1, "in_progress", request_counts=counts)
    await ledger.save_batches([newer], seen_at=LATER)
    await ledger.save_batches([seen(1, "in_progress")], seen_at=START)
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert (found.succeeded, found.seen_at) == (1, LATER)
    assert await ledger.raw([found.id]) == {found.id: newer[1]}


async def test_a_page_asked_for_before_a_deletion_does_not_bring_it_back(ledger: Ledger) -> None:
    await ledger.save_batches([seen(1)], seen_at=START)
    await ledger.mark_gone(["msgbatch_000001"], at=LATER)
    await ledger.mark_gone(["msgbatch_000001"], at=LATER + timedelta(days=1))
    await ledger.save_batches([seen(1)], seen_at=LATER - timedelta(seconds=1))
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert found.gone_at == LATER
    await ledger.save_batches([seen(1)], seen_at=LATER + timedelta(seconds=1))
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert found.gone_at is None


async def test_labels_outlive_what_the_service_says(ledger: Ledger) -> None:
    await ledger.save_batches([seen(1, "in_progress")])
    await ledger.set_label("msgbatch_000001", 'the "näxt" one\n')
    await ledger.set_note("msgbatch_000001", "look here")
    await ledger.save_batches([seen(1)])
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert (found.label, found.note) == ('the "näxt" one\n', "look here")
    await ledger.set_label("msgbatch_000001", None)
    assert await ledger.labels() == {"msgbatch_000001": Label(None, "look here")}
    await ledger.set_note("msgbatch_000001", None)
    assert await ledger.labels() == {}


async def test_a_label_may_be_there_before_its_batch(ledger: Ledger) -> None:
    await ledger.set_label("msgbatch_000001", "early")
    await ledger.set_note("msgbatch_000002", "a note")
    assert await ledger.find("msgbatch_000001") is None
    assert await ledger.batches(label="early") == []
    assert await ledger.known_ids() == []
    both = {"msgbatch_000001": Label("early"), "msgbatch_000002": Label(note="a note")}
    assert await ledger.labels() == both
    assert await ledger.labels(["msgbatch_000001", "x"]) == {"msgbatch_000001": Label("early")}
    await ledger.save_batches([seen(1)])
    assert [item.id for item in await ledger.batches(label="early")] == ["msgbatch_000001"]


async def test_a_number_tells_that_something_changed(home: Home, ledger: Ledger) -> None:
    before = await ledger.version()
    assert await ledger.version() == before
    await ledger.set_label("msgbatch_1", "mine")
    after = await ledger.version()
    assert after != before
    async with open_ledger(home) as other:
        await other.set_label("msgbatch_1", "another's")
    assert await ledger.version() != after


async def test_people_can_ask_by_hand(home: Home, ledger: Ledger) -> None:
    await ledger.save_batches([seen(1), seen(2, "in_progress")])
    await ledger.set_label("msgbatch_000001", "nightly")
    await ledger.set_label("unseen", "early")
    rows = ask(home, "SELECT id, label, status, total, n_errored, created_at FROM batches")
    assert rows == [
        ("msgbatch_000002", None, "in_progress", 10, 0, "2026-01-01T00:02:00.000000Z"),
        ("msgbatch_000001", "nightly", "ended", 10, 2, "2026-01-01T00:01:00.000000Z"),
    ]
    assert ask(home, "SELECT sum(total) FROM batches WHERE label = 'nightly'") == [(10,)]
    urls = ask(home, "SELECT json_extract(raw, '$.results_url') FROM batch_json ORDER BY batch")
    assert urls == [("https://api.example/1",), (None,)]


async def test_the_documented_question_is_answered(home: Home, ledger: Ledger) -> None:
    await ledger.save_batches([seen(1), seen(2, "in_progress")])
    assert ledger_module.__doc__ is not None
    words = re.search(r'python3 -c "(.*?)"', ledger_module.__doc__, re.DOTALL)
    assert words is not None
    done = await trio.run_process(
        [sys.executable, "-c", words[1]], capture_stdout=True, cwd=home.path
    )
    assert done.stdout.decode().splitlines() == [
        "('msgbatch_000002', None, 'in_progress', 10)",
        "('msgbatch_000001', None, 'ended', 10)",
    ]


async def test_every_call_is_a_checkpoint(ledger: Ledger) -> None:
    with trio.testing.assert_checkpoints():
        await ledger.save_batches([])
    with trio.testing.assert_checkpoints():
        await ledger.batches()


async def test_a_closed_ledger_says_so(home: Home) -> None:
    async with open_ledger(home) as ledger:
        await ledger.save_batches([(batch(1), b"{}")])
    with pytest.raises(trio.ClosedResourceError, match="closed"):
        await ledger.batches()
    with pytest.raises(trio.ClosedResourceError, match="closed"):
        await ledger.set_label("msgbatch_1", "late")
