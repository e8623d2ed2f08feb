"""The ledger's file: how it is made, opened, refused and set aside."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.store.ledger_samples import asides, ask, change, fill, write
from tests.trio_batches.store.ledger_worker import anywhere
from tests.trio_batches.store.samples import Sample, store
from trio_batches.errors import ConfigurationError, LedgerVersionError, StorageError
from trio_batches.store import Home, ledger_connection, ledger_recovery, mend_ledger, open_ledger
from trio_batches.store.ledger_mount import on_network
from trio_batches.store.ledger_schema import APPLICATION_ID, migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from trio_batches.store.ledger_connection import LedgerFile


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "deep" / "home")


async def test_the_file_is_its_owners_only(home: Home) -> None:
    async with open_ledger(home) as ledger:
        await ledger.set_label("a", "b")
        modes = {path.name: path.stat().st_mode & 0o777 for path in home.path.iterdir()}
        assert ledger.path == home.path / "ledger.db"
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}
    assert os.stat(home.path).st_mode & 0o777 == 0o700  # noqa: PTH116
    assert os.listdir(home.path) == ["ledger.db"]  # noqa: PTH208


async def test_the_file_says_what_it_is(home: Home) -> None:
    async with open_ledger(home):
        pass
    assert ask(home, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert ask(home, "PRAGMA user_version") == [(1,)]
    assert ask(home, "PRAGMA journal_mode") == [("wal",)]
    tables = ask(home, "SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    assert all(strict or name.startswith("sqlite_") for name, strict in tables)


@pytest.fixture
def file(home: Home) -> Generator[LedgerFile]:
    opened = ledger_recovery.open_file(home)
    yield opened
    opened.close()


def test_what_is_written_is_on_the_disk(file: LedgerFile) -> None:
    names = ("synchronous", "foreign_keys", "busy_timeout")
    settings = file.write(
        lambda connection: [connection.execute(f"PRAGMA {name}").fetchone() for name in names]
    )
    assert settings == [(2,), (1,), (5_000,)]


def test_the_reader_cannot_write(file: LedgerFile) -> None:
    with pytest.raises(StorageError, match="readonly"):
        file.read(lambda connection: connection.execute("DELETE FROM event"))


@pytest.mark.parametrize("before", ["SELECT 1", "ROLLBACK"])
def test_a_transaction_that_fails_has_not_happened(file: LedgerFile, before: str) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO event (at, kind) VALUES ('', '')")
        connection.execute(before)  # SQLite rolls back by itself when the disk is full
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        file.write(work)
    count = "SELECT count(*) FROM event"
    assert file.read(lambda connection: connection.execute(count).fetchone()) == (0,)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (sqlite3.SQLITE_FULL, "free some space"),
        (sqlite3.SQLITE_IOERR_WRITE, "the disk is full or failing: see to it, then run"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "the disk is full or failing: see to it, then run"),
        (sqlite3.SQLITE_IOERR_LOCK, "there are no file locks here: let TRIO_BATCHES_HOME name"),
    ],
)
def test_what_the_disk_does_is_said_with_what_to_do(
    file: LedgerFile, code: int, advice: str
) -> None:
    def fail(_connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = code
        raise error

    with pytest.raises(StorageError, match=f"disk I/O error: {advice}"):
        file.write(fail)


def test_a_mistake_of_ours_is_no_failure_of_the_disk(file: LedgerFile) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        file.write(lambda connection: connection.execute("DELETE FROM absent"))


async def test_a_newer_ledger_is_refused_and_left_alone(home: Home) -> None:
    async with open_ledger(home) as ledger:
        await ledger.set_label("a", "b")
    change(home, "PRAGMA user_version = 7")
    with pytest.raises(LedgerVersionError, match=r"version 7.* up to 1") as caught:
        async with open_ledger(home):
            raise AssertionError
    assert (caught.value.found, caught.value.known) == (7, 1)
    with pytest.raises(LedgerVersionError):
        await mend_ledger(home)
    assert asides(home) == []
    assert ask(home, "SELECT label FROM batch") == [("b",)]


def test_an_older_ledger_takes_the_steps_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    first = ("CREATE TABLE note (id TEXT) STRICT", "INSERT INTO note VALUES ('old')")
    second = ("ALTER TABLE note ADD COLUMN text TEXT", "UPDATE note SET text = id || 'er'")
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, path, (first,))
    migrate(connection, path, (first, second))
    migrate(connection, path, (first, second))
    assert connection.execute("SELECT * FROM note").fetchall() == [("old", "older")]
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()


async def test_a_step_that_fails_leaves_the_older_ledger(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_ledger(home) as ledger:
        await ledger.set_label("a", "b")

    def broken(connection: sqlite3.Connection, path: Path) -> None:
        migrate(connection, path, ((), ("DELETE FROM batch", "CREATE NONSENSE")))

    monkeypatch.setattr(ledger_connection, "migrate", broken)
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        async with open_ledger(home):
            raise AssertionError
    assert ask(home, "SELECT label FROM batch") == [("b",)]
    assert ask(home, "PRAGMA user_version") == [(1,)]


async def test_an_empty_file_becomes_a_ledger(home: Home) -> None:
    write(home, b"")
    async with open_ledger(home) as ledger:
        assert await ledger.batches() == []
    assert asides(home) == []


async def test_what_is_no_database_is_set_aside(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    write(home, b"Dear diary, " * 1_000)
    async with open_ledger(home) as ledger:
        await ledger.set_label("a", "b")
    (aside,) = asides(home)
    assert aside.read_bytes().startswith(b"Dear diary")
    assert "not a database" in caplog.text
    assert aside.name in caplog.text
    assert {record.name for record in caplog.records} == {"trio_batches"}


def test_a_log_goes_with_its_database(home: Home) -> None:
    write(home, b"noise")
    (home.path / "ledger.db-wal").write_bytes(b"log")
    aside = ledger_recovery.set_aside(home.path / "ledger.db")
    assert sorted(home.path.iterdir()) == [aside, aside.with_name(f"{aside.name}-wal")]


@pytest.mark.parametrize("statement", ["PRAGMA application_id = 7", "CREATE TABLE theirs (id)"])
async def test_another_programs_database_is_set_aside(home: Home, statement: str) -> None:
    write(home, b"")
    change(home, statement, "CREATE TABLE event (id)", "INSERT INTO event VALUES (1)")
    async with open_ledger(home) as ledger:
        assert await ledger.events() == []
    (aside,) = asides(home)
    with sqlite3.connect(aside) as connection:
        assert connection.execute("SELECT id FROM event").fetchall() == [(1,)]
    connection.close()


async def test_a_new_ledger_knows_the_verified_files(home: Home) -> None:
    sample = Sample()
    await store(home.results, sample)
    shutil.copy(sample.receipt(home.results), home.results / "renamed.receipt.json")
    other = Sample(seed=2)
    await store(home.results, other)
    other.file(home.results).unlink()
    write(home, b"noise")
    async with open_ledger(home) as ledger:
        (known,) = await ledger.batches()
        assert known.id == sample.id
        assert known.verified_at is not None
        assert len(await ledger.downloads(sample.id)) == 1


def test_a_check_that_cannot_go_on_has_found_damage(
    file: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Torn:
        def execute(self, _: str) -> None:
            raise sqlite3.DatabaseError("malformed")

    def read(work: Callable[[Torn], object]) -> object:
        return work(Torn())

    monkeypatch.setattr(file, "read", read)
    assert ledger_recovery.find_damage(file) == "malformed"


async def test_an_old_sqlite_is_refused_before_it_misreads_anything(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(ConfigurationError, match=r"needs SQLite 3\.38\.0"):
        async with open_ledger(home):
            raise AssertionError
    assert not (home.path / "ledger.db").exists()


async def test_a_place_that_cannot_be_is_an_error_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StorageError, match="file"):
        async with open_ledger(Home(file)):
            raise AssertionError
    (tmp_path / "home" / "ledger.db").mkdir(parents=True)
    with pytest.raises(StorageError, match="directory"):
        async with open_ledger(Home(tmp_path / "home")):
            raise AssertionError


async def test_on_a_network_file_system_there_is_no_log(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_ledger(home) as ledger:
        await fill(ledger, 10)
    monkeypatch.setattr(ledger_connection, "on_network", anywhere)
    async with open_ledger(home) as ledger:
        await ledger.set_label("a", "b")
        assert not (home.path / "ledger.db-wal").exists()
        assert len(await ledger.batches()) == 10
    assert ask(home, "PRAGMA journal_mode") == [("delete",)]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "network file system" in record.getMessage()


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS])
async def test_on_a_network_file_system_without_locks_there_is_no_ledger(
    home: Home, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_file: object, _operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(ledger_connection, "on_network", anywhere)
    monkeypatch.setattr(fcntl, "lockf", refuse)
    with pytest.raises(StorageError, match="there are no file locks here: let TRIO_BATCHES_HOME"):
        async with open_ledger(home):
            raise AssertionError
    assert list(home.path.iterdir()) == []


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / {place}/nfs rw shared:2 master:1 - nfs4 server:/home rw
31 22 0:26 / {place}/a\\040blank rw - cifs //server/share rw
32 30 8:2 / {place}/nfs/disk rw - xfs /dev/sdb1 rw
33 22 0:27 / {place}/ssh rw - fuse.sshfs me@server: rw
34 22 0:28 / {place}/ntfs rw - fuse.ntfs /dev/sdc1 rw
35 22 0:29 / {place}/over rw - nfs server:/over rw
36 22 0:30 / {place}/over rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("elsewhere", False),
        ("nfs", True),
        ("nfs/deep/er", True),
        ("nfs/disk", False),
        ("nfs2", False),
        ("a blank", True),
        ("ssh/home", True),
        ("ntfs", False),
        ("over", False),
        ("link", True),
    ],
)
def test_network_file_systems_are_told_by_their_mounts(
    tmp_path: Path, folder: str, *, network: bool
) -> None:
    place = tmp_path.resolve()
    mounts = place / "mountinfo"
    mounts.write_text(MOUNTS.format(place=place))
    (place / "link").symlink_to(place / "nfs")
    assert on_network(place / folder, mounts) == network


def test_without_a_table_of_mounts_nothing_is_a_network(tmp_path: Path) -> None:
    assert not on_network(tmp_path, tmp_path / "none")
    assert not on_network(Path("/proc"))
