from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.jobs.places import open_files
from trio_batches.errors import BusyError, StorageError
from trio_batches.store.lock import exclusive, try_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_locked_once_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with path.open("wb") as first, path.open("r+b") as second:
        assert try_lock(first.fileno()) == "locked"
        assert try_lock(second.fileno()) == "busy"
        first.close()
        assert try_lock(second.fileno()) == "locked"


@pytest.mark.usefixtures("no_locks")
def test_a_file_system_without_locks_is_told(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        assert try_lock(file.fileno()) == "unsupported"


def test_a_lock_is_one_processes_only_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    with exclusive(path):
        with (
            pytest.raises(BusyError, match="another process is at work on this"),
            exclusive(path),
        ):
            pass
        assert path.exists()
    assert not path.exists()
    with exclusive(path):
        pass


def test_a_lock_whose_file_its_owner_removes_meanwhile_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.lock"
    flock = fcntl.flock
    removed: list[int] = []

    def late(descriptor: int, how: int) -> None:
        if len(removed) < 2:
            path.unlink()
            if removed:
                path.touch()
            removed.append(descriptor)
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with exclusive(path), pytest.raises(BusyError), exclusive(path):
        pass
    assert len(removed) == 2


@pytest.mark.usefixtures("no_locks")
def test_nobody_has_a_lock_where_there_are_none(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match="TRIO_BATCHES_HOME") as caught,
        exclusive(tmp_path / "x.lock"),
    ):
        pass

    assert caught.value.path == str(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert open_files(tmp_path) == []
