"""Verified copies, claims and events in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.store.ledger_samples import START, ask, seen
from trio_batches.store import Home, Receipt, open_ledger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trio_batches.store import Ledger

HERE, THERE = Path("/results/here"), Path("/results/there")


def receipt(number: int, **fields: object) -> Receipt:
    found = Receipt(
        batch_id=f"msgbatch_{number:06}",
        file=f"msgbatch_{number:06}.jsonl",
        bytes=1_000,
        modified_ns=1,
        sha256="ab",
        lines=10,
        counts={"succeeded": 8, "errored": 2, "pondered": 1},
        created_at=START + timedelta(minutes=number),
        ended_at=START + timedelta(hours=1),
        verified_at=START + timedelta(hours=2),
        version="1",
    )
    return msgspec.structs.replace(found, **fields)


def soon(seconds: float = 60) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
async def ledger(home: Home) -> AsyncGenerator[Ledger]:
    async with open_ledger(home) as opened:
        yield opened


async def test_a_copy_is_recorded_with_its_batch(home: Home, ledger: Ledger) -> None:
    await ledger.save_batches([seen(1), seen(2)])
    await ledger.record_download(receipt(1), HERE)
    (download,) = await ledger.downloads("msgbatch_000001")
    assert (download.batch_id, download.dest) == ("msgbatch_000001", str(HERE))
    assert download.receipt == receipt(1)
    assert await ledger.downloads("msgbatch_000002") == []
    verified = {item.id: item.verified_at for item in await ledger.batches()}
    assert verified == {"msgbatch_000001": receipt(1).verified_at, "msgbatch_000002": None}
    assert ask(home, "SELECT sum(bytes) FROM download") == [(1_000,)]


async def test_copies_in_several_folders_are_several(ledger: Ledger) -> None:
    later = receipt(1, verified_at=START + timedelta(hours=3))
    await ledger.record_download(later, THERE)
    await ledger.record_downloads([receipt(1), receipt(2)], HERE)
    await ledger.record_downloads([receipt(1), receipt(2)], HERE)
    copies = [(item.batch_id[-1], Path(item.dest)) for item in await ledger.downloads()]
    assert copies == [("1", HERE), ("2", HERE), ("1", THERE)]
    await ledger.forget_downloads(["msgbatch_000001"], THERE)
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert found.verified_at == receipt(1).verified_at
    await ledger.forget_downloads(["msgbatch_000001", "msgbatch_000002"], HERE)
    assert await ledger.downloads() == []
    found = await ledger.find("msgbatch_000001")
    assert found is not None
    assert found.verified_at is None


async def test_a_batch_is_known_by_its_receipt_until_the_service_says_more(ledger: Ledger) -> None:
    await ledger.save_batches([seen(2, "in_progress"), seen(3)])
    await ledger.record_downloads([receipt(1), receipt(2), receipt(3)], HERE)
    three, two, one = await ledger.batches()
    assert (one.ended, one.succeeded, one.errored, one.total) == (True, 8, 2, 10)
    assert (two.ended, two.succeeded) == (True, 8)
    assert (three.ended, three.succeeded) == (True, 6)
    (batch,) = await ledger.message_batches([one.id])
    assert (batch.created_at, batch.ended_at) == (receipt(1).created_at, receipt(1).ended_at)
    assert batch.results_url is None
    await ledger.save_batches([seen(1)], seen_at=START)
    (batch,) = await ledger.message_batches([one.id])
    assert batch == seen(1)[0]


async def test_a_claim_is_for_one_owner_at_a_time(ledger: Ledger) -> None:
    assert await ledger.claim("b", HERE, "me", soon())
    assert not await ledger.claim("b", HERE, "you", soon())
    assert await ledger.claim("b", HERE, "me", soon(120))
    assert await ledger.claim("b", THERE, "you", soon())
    await ledger.release("b", HERE, "you")
    assert not await ledger.claim("b", HERE, "you", soon())
    await ledger.release("b", HERE, "me")
    assert await ledger.claim("b", HERE, "you", soon())


async def test_a_claim_ends_by_itself(ledger: Ledger) -> None:
    assert await ledger.claim("b", HERE, "dead", soon(-1))
    assert await ledger.claim("b", HERE, "me", soon())
    assert not await ledger.claim("b", HERE, "dead", soon())


async def test_events_are_read_back_latest_first(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    await ledger.record("submitted", "msgbatch_1", '{"requests": 10}')
    await ledger.record("refreshed")
    await ledger.record("ended", "msgbatch_1")
    ended, refreshed, submitted = await ledger.events()
    assert before <= submitted.at <= refreshed.at <= ended.at
    assert submitted.id < refreshed.id < ended.id
    assert (refreshed.kind, refreshed.batch_id, refreshed.detail) == ("refreshed", None, None)
    assert submitted.detail == '{"requests": 10}'
    assert await ledger.events(batch_id="msgbatch_1") == [ended, submitted]
    assert await ledger.events(kind="submitted") == [submitted]
    assert await ledger.events(after=submitted.id, limit=1) == [ended]
    assert await ledger.events(limit=0) == []
