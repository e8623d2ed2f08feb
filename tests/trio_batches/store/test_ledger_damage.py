"""A ledger that is damaged: what is carried over, and what is set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.store.ledger_samples import asides, ask, fill, write
from trio_batches.errors import StorageError
from trio_batches.store import Home, Label, ledger_recovery, mend_ledger, open_ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "deep" / "home")


def damage(home: Home, table: str, *, header: bool = False) -> None:
    """Overwrite one page of a table, or the list of tables, with noise."""
    path = home.path / "ledger.db"
    ((size,),) = ask(home, "PRAGMA page_size")
    ((root,),) = ask(home, "SELECT rootpage FROM sqlite_schema WHERE name = ?", table)
    with path.open("r+b") as file:
        file.seek(100 if header else (root - 1) * size)
        file.write(b"\xa5" * (size if not header else 400))


def damage_at(home: Home, content: bytes) -> None:
    """Overwrite the page that holds some bytes with noise."""
    path = home.path / "ledger.db"
    ((size,),) = ask(home, "PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek(path.read_bytes().find(content) // size * size)
        file.write(b"\xa5" * size)


async def test_a_ledger_whose_list_of_tables_is_damaged_is_set_aside(home: Home) -> None:
    async with open_ledger(home) as ledger:
        await fill(ledger)
    damage(home, "batch", header=True)
    async with open_ledger(home) as ledger:
        assert await ledger.batches() == []
    assert len(asides(home)) == 1


async def test_damage_is_said_when_it_is_met(home: Home) -> None:
    async with open_ledger(home) as ledger:
        await fill(ledger)
    damage(home, "batch")
    async with open_ledger(home) as ledger:
        with pytest.raises(StorageError, match=r"malformed: run `trio-batches ledger rebuild`"):
            await ledger.batches()


@pytest.mark.parametrize("table", ["batch", "batch_json", "intent", "event", "download"])
async def test_what_can_be_read_of_a_damaged_ledger_is_carried_over(home: Home, table: str) -> None:
    async with open_ledger(home) as ledger:
        await fill(ledger)
        before = await ledger.open_intents()
    assert not await mend_ledger(home)
    damage(home, table)
    assert await mend_ledger(home)
    assert len(asides(home)) == 1
    async with open_ledger(home) as ledger:
        if table != "batch":
            assert len(await ledger.batches()) == 500
            assert await ledger.labels() == {
                "msgbatch_000002": Label("kept"),
                "unseen": Label(None, "kept too"),
            }
        if table != "intent":
            assert await ledger.open_intents() == before
            confirmed = await ledger.intent_of_batch("msgbatch_000001")
            assert confirmed is not None
        if table != "event":
            assert [event.kind for event in await ledger.events()] == ["made"]
    assert not await mend_ledger(home)


async def test_rows_before_and_after_the_damage_are_carried_over(home: Home) -> None:
    async with open_ledger(home) as ledger:
        await fill(ledger, 3_000)
    damage_at(home, b'["msgbatch_001500"')
    assert await mend_ledger(home)
    async with open_ledger(home) as ledger:
        found = {int(batch.id[-6:]) for batch in await ledger.batches()}
    assert {0, 2_999} <= found
    assert 2_000 < len(found) <= 3_000


async def test_a_damaged_ledger_that_is_no_database_is_mended(home: Home) -> None:
    write(home, b"noise")
    assert await mend_ledger(home)
    assert not await mend_ledger(home)


async def test_a_full_disk_leaves_the_unreadable_ledger_in_place(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, b"noise")

    def full(*_: object) -> None:
        raise StorageError("ledger.db.new", "no space")

    monkeypatch.setattr(ledger_recovery, "record_downloads", full)
    with pytest.raises(StorageError, match="no space"):
        async with open_ledger(home):
            raise AssertionError
    assert asides(home) == []
    monkeypatch.undo()
    async with open_ledger(home):
        pass
    assert len(asides(home)) == 1
