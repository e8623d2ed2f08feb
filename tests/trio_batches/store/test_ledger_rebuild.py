"""Making the ledger again from files and from the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.store.ledger_samples import intent, seen
from tests.trio_batches.store.samples import Sample, store
from trio_batches.errors import ServerError
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store import Home, Label, Rebuilt, ledger_rebuild, open_ledger, rebuild

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.store import Ledger


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
async def ledger(home: Home) -> AsyncGenerator[Ledger]:
    async with open_ledger(home) as opened:
        yield opened


async def test_without_files_and_service_there_is_nothing_to_do(home: Home, ledger: Ledger) -> None:
    await ledger.save_batches([seen(1)])
    assert await rebuild(ledger, home) == Rebuilt(downloads=0, lost=0, listed=0)
    assert len(await ledger.batches()) == 1


async def test_verified_files_are_found_again_and_lost_ones_forgotten(
    home: Home, ledger: Ledger, tmp_path: Path
) -> None:
    kept, lost, elsewhere = Sample(seed=1), Sample(seed=2), Sample(seed=3)
    await store(home.results, kept)
    await ledger.record_download(await store(home.results, lost), home.results)
    await ledger.record_download(await store(tmp_path, elsewhere), tmp_path)
    lost.file(home.results).unlink()
    assert await rebuild(ledger, home) == Rebuilt(downloads=1, lost=1, listed=0)
    assert {download.batch_id for download in await ledger.downloads()} == {kept.id, elsewhere.id}
    assert await rebuild(ledger, home) == Rebuilt(downloads=1, lost=0, listed=0)


async def test_a_file_that_was_changed_is_no_download(home: Home, ledger: Ledger) -> None:
    sample = Sample()
    await store(home.results, sample)
    with sample.file(home.results).open("ab") as file:
        file.write(b"more\n")
    assert await rebuild(ledger, home) == Rebuilt(downloads=0, lost=0, listed=0)


async def test_a_receipt_that_cannot_be_read_is_passed_over_and_said(
    home: Home, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = Sample(seed=1), Sample(seed=2)
    await store(home.results, good)
    unreadable = home.results / f"{bad.id}.receipt.json"
    unreadable.mkdir()

    assert await rebuild(ledger, home) == Rebuilt(downloads=1, lost=0, listed=0)

    (record,) = caplog.records
    assert record.getMessage() == f"without this copy: {unreadable}: Is a directory"


async def test_what_the_service_lists_is_written_down_and_labels_stay(
    home: Home, ledger: Ledger, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_rebuild, "MAX_PAGE", 2)
    world = network.serve(world=World(seed=1))
    for _ in range(5):
        world.add_ended_batch(10)
    await ledger.set_label(world.batch_ids[0], "mine")
    await ledger.plan([intent()])
    async with network.client() as client:
        assert await rebuild(ledger, home, client) == Rebuilt(downloads=0, lost=0, listed=5)
        listed = await client.messages.batches.list()
    known = await ledger.batches()
    assert {batch.id for batch in known} == set(world.batch_ids)
    raw = dict(zip((batch.id for batch in listed.data), listed.raw_data, strict=True))
    assert await ledger.raw(world.batch_ids) == raw
    assert await ledger.labels() == {world.batch_ids[0]: Label("mine")}
    assert len(await ledger.open_intents()) == 1


async def test_pages_before_a_failure_are_kept(
    home: Home, ledger: Ledger, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_rebuild, "MAX_PAGE", 2)
    fault = Fault(operation="list", answer=Answer(status=500), nth=2, times=None)
    world = network.serve(world=World(seed=1, scenario=Scenario(faults=(fault,))))
    for _ in range(5):
        world.add_ended_batch(10)
    async with network.client(retry=RetryPolicy(max_retries=1)) as client:
        with pytest.raises(ServerError):
            await rebuild(ledger, home, client)
    assert len(await ledger.batches()) == 2
