from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard

from tests.tui.result_lines import succeeded
from tui.state.row_index import RowIndex, UnreadableError
from tui.state.unpack import Unpacking, open_results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = b"".join(succeeded(f"id-{number}") for number in range(5_000))


def finish(index: RowIndex, unpacking: Unpacking | None) -> None:
    while index.step() or (unpacking is not None and unpacking.step()):
        pass


@pytest.mark.parametrize(
    ("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress)]
)
def test_packed_files_are_read_like_plain_ones(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"results.jsonl{suffix}"
    path.write_bytes(pack(DATA))

    index, unpacking = open_results(path)
    finish(index, unpacking)

    assert index.block(0, len(index)) == DATA
    assert len(index) == 5_000


def test_of_a_damaged_file_all_before_the_damage_is_read(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    path.write_bytes(gzip.compress(DATA * 20, 0)[:-1_000_000])
    index, unpacking = open_results(path)

    with pytest.raises(UnreadableError, match=r"results.jsonl.gz is cut off or damaged"):
        finish(index, unpacking)

    while index.step():
        pass
    assert len(index) > 50_000
    assert index.line(0) == succeeded("id-0").rstrip()


def test_what_is_not_packed_at_all_says_so(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl.gz"
    path.write_bytes(DATA)
    index, unpacking = open_results(path)

    with pytest.raises(UnreadableError, match="cut off or damaged"):
        finish(index, unpacking)
