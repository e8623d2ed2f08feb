from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui.result_lines import canceled, errored, expired, succeeded
from tui.state.kinds import Kinds
from tui.state.result_line import Kind
from tui.state.row_index import open_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tui.state.row_index import RowIndex


def look(path: Path) -> tuple[RowIndex, Kinds]:
    index = open_lines(path)
    kinds = Kinds(index)
    finish(index, kinds)
    return index, kinds


def finish(index: RowIndex, kinds: Kinds) -> None:
    while index.step() or kinds.step():
        pass


def test_every_line_has_its_kind_broken_ones_too(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(
        succeeded("a") + b"\n" + errored("b") + b"{broken\r\n" + canceled("c") + expired("d")
    )

    _, kinds = look(path)

    assert [kinds[row] for row in range(len(kinds))] == [
        Kind.SUCCEEDED,
        Kind.ERRORED,
        Kind.BROKEN,
        Kind.CANCELED,
        Kind.EXPIRED,
    ]
    assert kinds.counts[Kind.BROKEN] == 1
    assert kinds.rows_of(Kind.ERRORED, 0, 5) == [1]
    assert kinds.rows_of(Kind.ERRORED, 2, 5) == []


def test_failures_are_found_in_both_directions(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(succeeded("a") + errored("b") + succeeded("c") + expired("d") + succeeded("e"))

    _, kinds = look(path)

    assert [kinds.next_failure(row) for row in range(-1, 5)] == [1, 1, 3, 3, None, None]
    assert [kinds.previous_failure(row) for row in range(5)] == [None, None, 1, 1, 3]


def test_a_last_line_without_an_end_counts_and_is_looked_at_again_when_it_grows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "results.jsonl"
    whole = errored("b")
    path.write_bytes(succeeded("a") + whole[:30])
    index, kinds = look(path)
    assert kinds.counts[Kind.BROKEN] == 1

    with path.open("ab") as file:
        file.write(whole[30:-1])
    finish(index, kinds)

    assert kinds.counts[Kind.BROKEN] == 0
    assert kinds.counts[Kind.ERRORED] == 1
    assert len(kinds) == 2


def test_a_file_that_is_cut_off_is_looked_at_anew(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(succeeded("a") + errored("b"))
    index, kinds = look(path)

    path.write_bytes(expired("a"))
    finish(index, kinds)

    assert len(kinds) == 1
    assert kinds[0] is Kind.EXPIRED
