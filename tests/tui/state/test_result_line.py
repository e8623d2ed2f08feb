from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.result_lines import canceled, errored, line, succeeded
from tui.state.result_line import LONG_LINE, Kind, kinds_of, summarize, summarize_row
from tui.state.row_index import open_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tui.state.result_line import Summary


def from_file(folder: Path, data: bytes) -> Summary:
    path = folder / "results.jsonl"
    path.write_bytes(data)
    index = open_lines(path)
    while index.step():
        pass
    return summarize_row(index, 0)


def test_an_answer_shows_model_stop_reason_tokens_and_first_line() -> None:
    summary = summarize(succeeded("a", "\n First line.\nSecond.", tokens=(7, 9)))

    assert summary.kind is Kind.SUCCEEDED
    assert (summary.custom_id, summary.model, summary.stop_reason) == ("a", "claude-a", "end_turn")
    assert (summary.tokens_in, summary.tokens_out) == (7, 9)
    assert summary.text == "First line."


def test_tokens_from_caches_were_read_too() -> None:
    message: dict[str, object] = {
        "usage": {"input_tokens": 1, "cache_read_input_tokens": 10, "output_tokens": 2},
    }

    assert summarize(line("a", {"type": "succeeded", "message": message})).tokens_in == 11


def test_an_answer_without_text_shows_its_blocks() -> None:
    content = [{"type": "thinking", "thinking": "Hm."}, {"type": "tool_use", "name": "weather"}]

    assert summarize(succeeded("a", content=content)).text == "[thinking] [tool_use weather]"


def test_a_failure_shows_its_error() -> None:
    summary = summarize(errored("a", "overloaded_error", "Busy."))

    assert summary.kind is Kind.ERRORED
    assert summary.error_type == "overloaded_error"
    assert summary.text == "overloaded_error: Busy."


def test_a_result_of_a_new_type_or_shape_is_no_broken_line() -> None:
    new = summarize(line("a", {"type": "paused"}))
    odd = summarize(line("b", {"type": "succeeded", "message": "in a new form"}))

    assert (new.kind, new.type) == (Kind.OTHER, "paused")
    assert (odd.kind, odd.custom_id) == (Kind.SUCCEEDED, "b")
    assert "unknown shape" in odd.text


@pytest.mark.parametrize("text", [b'"hi \\ud83d"', b'"hi ", "score": NaN'])
def test_json_that_only_the_standard_library_reads_is_no_broken_line(text: bytes) -> None:
    summary = summarize(succeeded("a", "?").replace(b'"?"', text))

    assert (summary.kind, summary.custom_id) == (Kind.SUCCEEDED, "a")
    assert summary.text.startswith("hi")


@pytest.mark.parametrize(
    "data",
    [
        b"not JSON",
        b"[]",
        b"{}",
        b'{"custom_id": 1, "result": {"type": "expired"}}',
        succeeded("a")[:40],
        b'{"custom_id": "\xff\xfe", "result": {"type": "expired"}}',
        b"[" * 100_000,
        b"\x00",
    ],
)
def test_a_broken_line_says_that_it_is(data: bytes) -> None:
    summary = summarize(data)

    assert summary.kind is Kind.BROKEN
    assert summary.text.startswith("not a result: ")


def test_of_a_long_line_the_ends_tell_what_it_is(tmp_path: Path) -> None:
    data = succeeded("a", 'It says "stop_reason": "x".\n' + "x" * 10_000_000, tokens=(3, 4))

    summary = from_file(tmp_path, data)

    assert summary.kind is Kind.SUCCEEDED
    assert (summary.custom_id, summary.model, summary.stop_reason) == ("a", "claude-a", "end_turn")
    assert (summary.tokens_in, summary.tokens_out) == (3, 4)
    assert summary.text == 'It says "stop_reason": "x".'


def test_a_long_line_that_is_no_result_is_broken(tmp_path: Path) -> None:
    summary = from_file(tmp_path, b"x" * (LONG_LINE + 10))

    assert summary.kind is Kind.BROKEN


def test_the_kinds_of_a_block_are_found_at_once_unless_a_line_is_broken() -> None:
    block = succeeded("a") + canceled("b") + errored("c") + line("d", {"type": "new"})

    assert kinds_of(block, 4) == bytes([Kind.SUCCEEDED, Kind.CANCELED, Kind.ERRORED, Kind.OTHER])
    assert kinds_of(block + b"{\n", 5) is None
    assert kinds_of(block, 5) is None
