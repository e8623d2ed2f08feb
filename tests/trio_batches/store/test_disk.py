from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.store.samples import Sample
from trio_batches.errors import StorageError
from trio_batches.store.disk import (
    MOST_PIECES,
    PORTION_BYTES,
    fails_all,
    make_folder,
    storage_errors,
    write_all,
    write_whole,
)
from trio_batches.store.part_file import PartFile

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def _umask(request: pytest.FixtureRequest) -> Generator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_umask")
def test_folders_that_are_made_are_private_whatever_the_umask(tmp_path: Path) -> None:
    make_folder(tmp_path / "home" / "results")

    assert mode(tmp_path / "home") == 0o700
    assert mode(tmp_path / "home" / "results") == 0o700


@pytest.mark.usefixtures("_umask")
def test_files_that_are_made_are_private_whatever_the_umask(tmp_path: Path) -> None:
    write_whole(tmp_path / "receipt.json", b"whole")
    part = PartFile(tmp_path, Sample().batch)

    assert mode(tmp_path / "receipt.json") == 0o600
    assert mode(part.path) == 0o600
    part.close()


def test_a_folder_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)

    make_folder(tmp_path)

    assert mode(tmp_path) == 0o750


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StorageError, match=str(tmp_path / "file")):
        make_folder(tmp_path / place)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said_with_what_to_do(tmp_path: Path, code: int) -> None:
    with pytest.raises(StorageError, match="free some space, then run") as caught:  # noqa: SIM117
        with storage_errors(tmp_path):
            raise OSError(code, os.strerror(code))

    assert caught.value.path == str(tmp_path)


@pytest.mark.parametrize(
    ("code", "all_"),
    [
        (errno.ENOSPC, True),
        (errno.EDQUOT, True),
        (errno.EROFS, True),
        (errno.EIO, False),
        (errno.EACCES, False),
    ],
)
def test_an_error_of_one_file_is_told_from_one_of_all(
    tmp_path: Path, code: int, *, all_: bool
) -> None:
    with pytest.raises(StorageError) as caught, storage_errors(tmp_path / "file"):
        raise OSError(code, os.strerror(code))

    assert caught.value.errno == code
    assert fails_all(caught.value, tmp_path) is all_


def test_an_error_of_the_folder_is_one_of_all(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"

    assert fails_all(StorageError(str(tmp_path), "Input/output error"), tmp_path)
    assert fails_all(StorageError(str(nowhere / "file"), "No such file"), nowhere)


def test_an_error_without_a_number_still_says_something(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="strange"), storage_errors(tmp_path):
        raise OSError("strange")


def test_a_whole_file_replaces_the_one_before_it_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(b"old")

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "taken", b"new")

    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]


MANY = {
    "nothing": [],
    "empty pieces": [b"", b"x", b""],
    "one that fills a call": [b"x" * PORTION_BYTES],
    "one of several calls": [bytes(range(256)) * (PORTION_BYTES // 100)],
    "small ones": [b"%d," % number for number in range(3 * MOST_PIECES)],
    "one that a call cuts": [b"a" * (PORTION_BYTES - 1), b"bcd", b"e" * PORTION_BYTES],
}


@pytest.mark.parametrize("taken", [None, 1000], ids=["whole calls", "short calls"])
@pytest.mark.parametrize("pieces", MANY.values(), ids=MANY)
def test_pieces_are_written_whole_and_in_order_in_calls_of_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], taken: int | None
) -> None:
    calls: list[int] = []

    def writev(descriptor: int, portion: list[memoryview]) -> int:
        assert len(portion) <= MOST_PIECES
        data = b"".join(portion)
        calls.append(len(data))
        return os.write(descriptor, data[:taken])

    monkeypatch.setattr(os, "writev", writev)
    path = tmp_path / "file"
    with path.open("wb") as file:
        size = write_all(file.fileno(), pieces)

    assert path.read_bytes() == b"".join(pieces)
    assert size == sum(map(len, pieces)) == sum(calls)
    assert max(calls, default=0) <= PORTION_BYTES
    assert len(calls) <= size // PORTION_BYTES + len(pieces) // MOST_PIECES + 1
