from __future__ import annotations

import csv
import resource
import signal
import stat
from typing import TYPE_CHECKING

import pytest

from tests.tui.result_lines import errored, succeeded
from tui.export import Export
from tui.state.exported import ExportedResults
from tui.state.row_index import RowIndex, open_lines

if TYPE_CHECKING:
    from pathlib import Path

LINES = [succeeded("a", 'One,\n"two".'), errored("b"), b"{broken\n", succeeded("c")]


@pytest.fixture
def index(tmp_path: Path) -> RowIndex:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b"".join(LINES))
    index = open_lines(path)
    while index.step():
        pass
    return index


def finish(export: Export) -> None:
    while export.step():
        pass


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_lines_are_written_as_they_are_and_for_their_owner_only(
    index: RowIndex, tmp_path: Path
) -> None:
    path = tmp_path / "chosen.jsonl"
    export = Export(ExportedResults(index, [0, 2]), path)

    finish(export)

    assert export.is_done
    assert path.read_bytes() == LINES[0] + LINES[2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["chosen.jsonl", "results.jsonl"]


def test_a_table_holds_the_whole_text(index: RowIndex, tmp_path: Path) -> None:
    path = tmp_path / "chosen.CSV"
    finish(Export(ExportedResults(index, range(4)), path))

    with path.open(newline="") as file:
        rows = list(csv.reader(file))

    assert tuple(rows[0]) == ExportedResults.columns
    assert rows[1][:3] == ["1", "a", "succeeded"]
    assert rows[1][-1] == 'One,\n"two".'
    assert rows[2][-2] == "invalid_request_error"
    assert rows[3][2] == "broken"


def test_a_file_that_appears_meanwhile_is_not_replaced(index: RowIndex, tmp_path: Path) -> None:
    path = tmp_path / "chosen.jsonl"
    export = Export(ExportedResults(index, [0]), path)
    path.write_bytes(b"somebody's own")

    finish(export)

    assert "File exists" in export.trouble
    assert path.read_bytes() == b"somebody's own"
    assert names(tmp_path) == ["chosen.jsonl", "results.jsonl"]


def test_a_file_is_replaced_where_that_was_wanted(index: RowIndex, tmp_path: Path) -> None:
    path = tmp_path / "chosen.jsonl"
    path.write_bytes(b"old")

    finish(Export(ExportedResults(index, [3]), path, replaces=True))

    assert path.read_bytes() == LINES[3]


def test_an_export_that_is_cancelled_leaves_nothing(index: RowIndex, tmp_path: Path) -> None:
    export = Export(ExportedResults(index, [0]), tmp_path / "chosen.jsonl")

    export.cancel()

    assert names(tmp_path) == ["results.jsonl"]


def test_a_folder_that_is_not_there_is_an_error(index: RowIndex, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Export(ExportedResults(index, [0]), tmp_path / "nowhere" / "chosen.jsonl")


def test_a_full_disk_is_said_and_leaves_nothing(index: RowIndex, tmp_path: Path) -> None:
    target = tmp_path / "chosen.jsonl"
    export = Export(ExportedResults(index, range(4)), target)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    try:
        finish(export)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)

    assert export.trouble == f"{target}: File too large"
    assert names(tmp_path) == ["results.jsonl"]
