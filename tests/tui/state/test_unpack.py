from __future__ import annotations

import gzip
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from backports import zstd

from tests.tui.result_lines import succeeded
from tui.state.row_index import RowIndex, UnreadableError
from tui.state.unpack import Unpacking, open_results

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

DATA = b"".join(succeeded(f"id-{number}") for number in range(5_000))

PACKED = [(".gz", gzip.compress), (".zst", zstd.compress)]


@contextmanager
def opened(path: Path) -> Generator[tuple[RowIndex, Unpacking | None]]:
    index, unpacking = open_results(path)
    yield index, unpacking
    if unpacking is not None:
        unpacking.close()


def finish(index: RowIndex, unpacking: Unpacking | None) -> None:
    while index.step() or (unpacking is not None and unpacking.step()):
        pass


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), *PACKED])
def test_packed_files_are_read_like_plain_ones(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"results.jsonl{suffix}"
    path.write_bytes(pack(DATA))

    with opened(path) as (index, unpacking):
        finish(index, unpacking)

        assert index.block(0, len(index)) == DATA
        assert len(index) == 5_000


@pytest.mark.parametrize(("suffix", "pack"), PACKED)
def test_a_packed_file_that_is_still_written_is_followed(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"results.jsonl{suffix}.1a2b3c4d.part"
    data = pack(DATA)
    path.write_bytes(data[:-100])
    with opened(path) as (index, unpacking):
        assert unpacking is not None
        finish(index, unpacking)
        assert unpacking.lacks_end

        with path.open("ab") as file:
            file.write(data[-100:])
        finish(index, unpacking)

        assert index.block(0, len(index)) == DATA


@pytest.mark.parametrize(("suffix", "pack"), PACKED)
def test_a_file_of_several_packed_parts_is_read_whole(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"results.jsonl{suffix}"
    path.write_bytes(pack(DATA) * 3)

    with opened(path) as (index, unpacking):
        finish(index, unpacking)

        assert len(index) == 15_000
        assert unpacking is not None
        assert not unpacking.lacks_end


@pytest.mark.parametrize(("suffix", "pack"), PACKED)
def test_of_a_damaged_file_all_before_the_damage_is_read(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"results.jsonl{suffix}"
    path.write_bytes(pack(DATA) + b"no more of the kind")
    with opened(path) as (index, unpacking):
        with pytest.raises(UnreadableError, match=rf"results.jsonl{suffix} is damaged"):
            finish(index, unpacking)

        while index.step():
            pass
        assert index.line(0) == succeeded("id-0").rstrip()


def test_what_is_not_packed_at_all_says_so(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    path.write_bytes(DATA)
    with opened(path) as (index, unpacking), pytest.raises(UnreadableError, match="is damaged"):
        finish(index, unpacking)
