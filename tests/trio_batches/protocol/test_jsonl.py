from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from trio_batches.errors import ProtocolError
from trio_batches.protocol.jsonl import LineFramer, decode_block, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \r\n"])
DECODER = msgspec.json.Decoder(object)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut bytes at places, which may repeat or lie outside."""
    borders = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:stop] for start, stop in pairwise(borders)]


def feed(framer: LineFramer, pieces: Iterable[bytes]) -> list[bytes]:
    """Return the blocks of a stream that comes in pieces."""
    return [block for piece in pieces for block in framer.feed(piece)]


def read(pieces: list[bytes]) -> tuple[list[object], ProtocolError | None]:
    """Decode a stream that comes in pieces."""
    framer, records, line = LineFramer(), list[object](), 1
    for block in (*feed(framer, pieces), framer.finish()):
        stop = line + block.count(b"\n") + (not block.endswith(b"\n"))
        found, error = decode_block(
            block, range(line, stop), fast=DECODER.decode_lines, slow=DECODER.decode
        )
        records += found
        line = stop
        if error is not None:
            return records, error
    return records, None


@given(
    st.lists(st.tuples(JSON, ENDS), max_size=8),
    st.lists(st.integers(0, 10_000), max_size=20),
    st.sampled_from([b"", b"\n"]),
)
def test_any_chunking_of_any_records_gives_the_same_records(
    lines: list[tuple[object, bytes]], places: list[int], last_end: bytes
) -> None:
    data = b"".join(msgspec.json.encode(record) + end for record, end in lines)
    data = data.rstrip() + last_end
    assert read(cut(data, places)) == ([record for record, _ in lines], None)


@given(
    st.text("ab\n", max_size=200).map(str.encode),
    st.lists(st.integers(0, 200), max_size=10),
    st.integers(1, 30),
)
def test_framing_neither_loses_nor_adds_a_byte(
    data: bytes, places: list[int], block_bytes: int
) -> None:
    framer = LineFramer(block_bytes=block_bytes)
    blocks = feed(framer, cut(data, places))
    assert all(block.endswith(b"\n") for block in blocks)
    rest = framer.finish()
    assert b"\n" not in rest
    assert b"".join(blocks) + rest == data
    assert framer.finish() == b""


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c", "\r"])
def test_only_a_newline_ends_a_line(character: str) -> None:
    record = {"text": f"before{character}after"}
    line = msgspec.json.encode(record)
    assert split_lines(line + b"\n" + line) == [line, line]
    assert read([line + b"\n", line]) == ([record, record], None)


def test_a_raw_separator_inside_a_string_survives() -> None:
    line = '{"text":"a\u2028b\u0085c"}'.encode()
    assert read([line + b"\n"]) == ([{"text": "a\u2028b\u0085c"}], None)


def test_a_newline_cut_from_its_carriage_return_is_still_one_line_end() -> None:
    assert read([b"1\r", b"\n2\r\n"]) == ([1, 2], None)


def test_lines_are_split_without_their_ends_and_without_blank_ones() -> None:
    assert split_lines(b"1\r\n\n \n2\n3") == [b"1", b"2", b"3"]


def test_a_bad_line_is_named_by_its_number_after_the_records_before_it() -> None:
    records, error = read([b"1\n\n2\r\n", b"{nonsense}\n4\n"])
    assert records == [1, 2]
    assert error is not None
    assert error.line == 4
    assert str(error).startswith("line 4: ")


@pytest.mark.parametrize("block", [b"1\n{}{}\n", b"1\n{} {}\n", b"1\n{}\r{}\n", b"1\n[\n2]\n"])
def test_a_line_is_one_record_and_a_record_one_line(block: bytes) -> None:
    records, error = read([block])
    assert records == [1]
    assert error is not None
    assert error.line == 2


def test_a_line_longer_than_the_limit_is_refused_before_it_fills_the_memory() -> None:
    framer = LineFramer(max_line_bytes=10)
    assert feed(framer, [b"12345"]) == []
    with pytest.raises(ProtocolError, match="longer than 10 bytes"):
        feed(framer, [b"678901"])


def test_a_line_that_ends_beyond_the_limit_is_refused_too() -> None:
    framer = LineFramer(max_line_bytes=10)
    with pytest.raises(ProtocolError, match="longer than 10 bytes"):
        feed(framer, [b"1234567890", b"1\n"])


def test_the_limit_is_for_lines_not_for_the_stream() -> None:
    framer = LineFramer(max_line_bytes=10)
    assert feed(framer, [b"1234567890\n12345", b"67890\n"]) == [b"1234567890\n"] * 2


def test_a_large_piece_becomes_blocks_of_about_one_size() -> None:
    line = b"x" * 9 + b"\n"
    framer = LineFramer(block_bytes=100)
    blocks = feed(framer, [line * 45 + line[:5], line[5:]])
    assert [len(block) // len(line) for block in blocks] == [10, 10, 10, 15, 1]


def test_a_line_that_is_longer_than_a_block_is_one() -> None:
    short, long = b"1\n", b"x" * 500 + b"\n"
    framer = LineFramer(block_bytes=100)
    assert feed(framer, [short + long + short, long + long]) == [short, long, short, long, long]


class CountedBytes(bytes):
    """A piece of a line that counts how often it is searched for a newline."""

    searches = 0

    @override
    def rfind(self, *_: object) -> int:
        """Count the search; there is no newline."""
        CountedBytes.searches += 1
        return -1


def test_every_piece_of_a_long_line_is_looked_at_once() -> None:
    framer = LineFramer()
    feed(framer, [CountedBytes(b"x" * 64) for _ in range(1000)])
    assert CountedBytes.searches == 1000
    assert len(framer.finish()) == 64_000


def test_a_line_of_eight_megabytes_takes_about_eight_times_as_long_as_one_of_one() -> None:
    def seconds(size: int) -> float:  # of this thread alone, whatever else the machine does
        framer, pieces = LineFramer(), [b"x" * 256] * (size // 256)
        start = time.thread_time()
        feed(framer, [*pieces, b"\n"])
        return time.thread_time() - start

    tries = [(seconds(8 << 20), seconds(1 << 20)) for _ in range(9)]
    long, short = (min(times) for times in zip(*tries, strict=True))
    assert long / short < 24, "quadratic work would take 64 times as long"
