from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trio_batches.errors import StorageError
from trio_batches.store import Home, spool
from trio_batches.store.chunk import Chunk, ChunkBody, holds_request
from trio_batches.store.kept_requests import put_away
from trio_batches.store.spool import Spool, is_unkept, lock_folder, spool_folders

if TYPE_CHECKING:
    from pathlib import Path


def spooled(folder: Path, lines: list[bytes]) -> list[Chunk]:
    made = Spool(folder)
    for line in lines:
        made.add(line)
    chunks = made.finish()
    made.hand_over()
    made.close()
    return chunks


def bodies(chunks: list[Chunk]) -> list[bytes]:
    return [b"".join(ChunkBody(chunk).blocks()) for chunk in chunks]


@given(
    sizes=st.lists(st.integers(2, 60), min_size=1, max_size=60),
    most=st.integers(1, 9),
    most_bytes=st.integers(75, 300),
    buffer=st.integers(1, 200),
)
@settings(max_examples=60, deadline=None)
def test_lines_are_cut_into_bodies_that_keep_to_both_limits(
    tmp_path_factory: pytest.TempPathFactory,
    sizes: list[int],
    most: int,
    most_bytes: int,
    buffer: int,
) -> None:
    lines = [b"%0*d" % (size, 0) for size in sizes]
    lines = [b'"%b"' % line[2:] for line in lines]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "MAX_REQUESTS", most)
        patch.setattr(spool, "MAX_BODY_BYTES", most_bytes)
        patch.setattr(spool, "BUFFER_BYTES", buffer)
        chunks = spooled(tmp_path_factory.mktemp("spool"), lines)
    sent: list[object] = []
    for chunk, body in zip(chunks, bodies(chunks), strict=True):
        requests = msgspec.json.decode(body)["requests"]
        assert len(requests) == chunk.requests == len(ChunkBody(chunk)) <= most
        assert len(body) == ChunkBody(chunk).length <= most_bytes
        sent += requests
    assert sent == [line.decode().strip('"') for line in lines]
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))


def test_chunks_of_one_size_are_told_apart_by_their_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MAX_REQUESTS", 1000)
    chunks = spooled(tmp_path, [b"1"] * 9_990)
    assert [chunk.requests for chunk in chunks] == [*range(1000, 990, -1), 35]


def test_lines_of_many_megabytes_are_not_moved_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MAX_REQUESTS", 2)
    chunks = spooled(tmp_path, [b"1"] * 7)
    assert [chunk.requests for chunk in chunks] == [2, 1, 2, 2]


def test_the_hash_is_that_of_the_lines_however_they_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    for most in (2, 3, 100):
        monkeypatch.setattr(spool, "MAX_REQUESTS", most)
        made = Spool(tmp_path)
        for number in range(10):
            made.add(b"%d" % number)
        made.finish()
        hashes.append(made.sha256)
        made.close()
    assert len(set(hashes)) == 1
    assert list(tmp_path.iterdir()) == []


def test_files_and_folders_are_private(tmp_path: Path) -> None:
    chunks = spooled(tmp_path / "requests", [b"1"])
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "requests").rglob("*")]
    assert sorted(modes) == [0o600, 0o600, 0o700]  # a chunk, the mark, their folder
    assert (tmp_path / "requests").stat().st_mode & 0o777 == 0o700
    assert len(chunks) == 1


def test_a_full_disk_is_an_error_that_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Spool(tmp_path)
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(made, "_file", full)
    made.add(b"x" * (spool.BUFFER_BYTES - 2))
    with pytest.raises(StorageError, match="free some space"):
        made.add(b"x")
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_cannot_be_locked_and_a_left_one_can(tmp_path: Path) -> None:
    made = Spool(tmp_path, keep=False)
    (folder,) = spool_folders(tmp_path)
    assert is_unkept(folder)
    assert lock_folder(folder) is None
    made.hand_over()
    made.close()
    made.close()
    lock = lock_folder(folder)
    assert lock is not None
    os.close(lock)
    folder.rmdir()
    assert lock_folder(folder) is None


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_folder_is_made_and_may_always_be_in_use(tmp_path: Path) -> None:
    made = Spool(tmp_path)

    assert made.folder.is_dir()
    assert lock_folder(made.folder) is None
    made.close()
    assert spool_folders(tmp_path) == []


def test_an_empty_spool_has_no_chunks(tmp_path: Path) -> None:
    assert spooled(tmp_path, []) == []


def test_a_file_that_is_gone_is_said_while_it_is_sent(tmp_path: Path) -> None:
    (chunk,) = spooled(tmp_path, [b"1"])
    blocks = ChunkBody(chunk).blocks()
    next(blocks)
    for path in tmp_path.rglob("*.jsonl"):
        path.unlink()
    with pytest.raises(StorageError, match="No such file"):
        next(blocks)


def test_a_request_is_found_by_its_whole_id(tmp_path: Path) -> None:
    path = tmp_path / "0000.jsonl"
    path.write_bytes(b'{"custom_id":"ab","params":{"x":"a"}}\n{"params":{}, "custom_id":"c"}\n')
    assert [holds_request(path, name) for name in ("ab", "a", "c", "x")] == [
        True,
        False,
        True,
        False,
    ]


def test_a_request_is_found_however_its_id_is_written(tmp_path: Path) -> None:
    path = tmp_path / "0000.jsonl"
    path.write_bytes(b'{"custom_id":"a\\u0062","params":{}}\n')
    assert holds_request(path, "ab")


@pytest.mark.parametrize("batch_id", ["../x", "", ".", "..", ".hidden", "a/b", "/etc/x"])
def test_an_id_that_is_no_name_keeps_no_copy(tmp_path: Path, batch_id: str) -> None:
    home = Home(tmp_path)
    (chunk,) = spooled(home.requests, [b"1"])
    (path,) = home.requests.rglob("*.jsonl")
    put_away(home, path, batch_id, keep=True)
    assert list(home.requests.iterdir()) == []
    put_away(home, path, batch_id, keep=True)
    assert chunk.path == str(path)
