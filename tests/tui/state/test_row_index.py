from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.state import row_index
from tui.state.row_index import RowIndex, UnreadableError, open_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


def index_of(folder: Path, data: bytes) -> RowIndex:
    path = folder / "lines.jsonl"
    path.write_bytes(data)
    index = open_lines(path)
    scan(index)
    return index


def scan(index: RowIndex) -> None:
    while index.step():
        pass


def lines(index: RowIndex) -> list[bytes]:
    return [index.line(row) for row in range(len(index))]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n\n\r\n", []),
        (b"one", [b"one"]),
        (b"one\ntwo\n", [b"one", b"two"]),
        (b"one\r\ntwo\r\n", [b"one", b"two"]),
        (b"\n\none\n\r\n\ntwo", [b"one", b"two"]),
        ("a\u2028b\x0bc\x85d\n".encode(), ["a\u2028b\x0bc\x85d".encode()]),
    ],
)
def test_lines_end_at_line_feeds_only_and_blank_ones_do_not_count(
    tmp_path: Path, data: bytes, expected: list[bytes]
) -> None:
    assert lines(index_of(tmp_path, data)) == expected


def test_a_line_without_an_end_is_known_as_such(tmp_path: Path) -> None:
    assert index_of(tmp_path, b"one\ntw").ends_in_line
    assert not index_of(tmp_path, b"one\ntwo\n").ends_in_line


def test_a_file_that_grows_is_followed_through_a_rename(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl.part"
    path.write_bytes(b"one\ntw")
    index = open_lines(path)
    scan(index)
    with path.open("ab") as file:
        path.rename(tmp_path / "lines.jsonl")
        file.write(b"o\nthree\n")

    scan(index)

    assert lines(index) == [b"one", b"two", b"three"]
    assert index.generation == 0


def test_a_file_that_is_cut_off_is_counted_anew(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"one\ntwo\nthree\n")
    index = open_lines(path)
    scan(index)

    os.truncate(path, 6)
    scan(index)

    assert lines(index) == [b"one", b"tw"]
    assert index.generation == 1


def test_no_more_of_a_long_line_is_read_than_is_wanted(tmp_path: Path) -> None:
    index = index_of(tmp_path, b"a" * 10_000_000 + b"end\nnext\n")

    assert index.line(0, 100) == b"a" * 100
    assert index.tail(0, 5) == b"aaend"[1:]
    assert index.length(0) == 10_000_004
    assert index.line(1) == b"next"


def test_the_rest_of_the_file_is_scanned_in_steps(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"x" * 99 + b"\n")
    with path.open("ab") as file:
        file.write((b"x" * 99 + b"\n") * 30_000)
    index = open_lines(path)

    assert index.step()
    assert 10_000 < len(index) < 11_000
    assert index.scanned < index.size
    scan(index)
    assert index.is_done
    assert len(index) == 30_001


def test_lines_can_be_taken_in_blocks(tmp_path: Path) -> None:
    index = index_of(tmp_path, b"one\ntwo\nthree\nfour\n")

    assert index.rows_within(0, 4, 9) == 2
    assert index.rows_within(0, 4, 1) == 1
    assert index.rows_within(2, 4, 1000) == 4
    assert index.block(1, 3) == b"two\nthree\n"
    assert [index.row_at(offset, 0, 4) for offset in (0, 3, 4, 8, 14)] == [0, 0, 1, 2, 3]


def test_what_is_no_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"missing.jsonl: No such file"):
        open_lines(tmp_path / "missing.jsonl")
    with pytest.raises(UnreadableError, match="this is a folder"):
        open_lines(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="no regular file"):
        open_lines(tmp_path / "pipe")


def _expected(data: bytes) -> list[bytes]:
    return [line.removesuffix(b"\r") for line in data.split(b"\n") if line.strip(b"\r")]


PIECES = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\n\n", b"{}"]), max_size=20)


@given(pieces=st.lists(PIECES, max_size=6), step=st.integers(1, 7))
def test_however_a_file_grows_and_is_read_its_lines_are_the_same(
    pieces: Iterable[list[bytes]], step: int
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_index, "STEP_BYTES", step)
        path = Path(folder) / "lines.jsonl"
        path.touch()
        index = open_lines(path)
        data = b""
        for piece in map(b"".join, pieces):
            with path.open("ab") as file:
                file.write(piece)
            data += piece
            scan(index)

            assert lines(index) == _expected(data)
            assert index.ends_in_line == (bool(data) and not data.endswith(b"\n"))
        index.close()
