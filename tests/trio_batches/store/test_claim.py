from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.jobs.places import open_files
from trio_batches.errors import BusyError, StorageError
from trio_batches.store.claim import Claim

if TYPE_CHECKING:
    from pathlib import Path


def test_one_has_it_until_it_is_released(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    claim = Claim(path, "x")

    with pytest.raises(BusyError, match="x: another process is at work on it"):
        Claim(path, "x")
    claim.release()
    claim.release()

    assert not path.exists()
    Claim(path, "x").release()


def test_what_a_killed_process_left_is_free(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    path.touch()

    Claim(path, "x").release()

    assert not path.exists()


def test_of_many_at_once_one_at_a_time_has_it(tmp_path: Path) -> None:
    path, inside, had = tmp_path / "x.lock", list[int](), list[int]()

    def work(number: int) -> None:
        for _ in range(200):
            try:
                claim = Claim(path, "x")
            except BusyError:
                continue
            inside.append(number)
            assert inside == [number]
            inside.remove(number)
            had.append(number)
            claim.release()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert had
    assert not path.exists()
    assert open_files(tmp_path) == []


@pytest.mark.usefixtures("no_locks")
def test_a_file_system_without_locks_lets_everyone(tmp_path: Path) -> None:
    Claim(tmp_path / "x.lock", "x")
    Claim(tmp_path / "x.lock", "x")


def test_a_folder_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Claim(tmp_path / "nowhere" / "x.lock", "x")
