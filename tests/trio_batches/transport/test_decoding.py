from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.transport import decoding
from trio_batches.transport.decoding import STEP_BYTES, Decoding, DecodingError, encodings

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = b"".join(b'{"custom_id":"%d"}\n' % number for number in range(2_000))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def two_members(data: bytes) -> bytes:
    return gzip.compress(data[:100]) + gzip.compress(data[100:])


def two_frames(data: bytes) -> bytes:
    return zstd.compress(data[:100]) + zstd.compress(data[100:])


def twice(data: bytes) -> bytes:
    return gzip.compress(zlib.compress(data))


def as_it_is(data: bytes) -> bytes:
    return data


def unpack(decoding: Decoding, data: bytes, size: int) -> bytes:
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(step for piece in pieces for step in decoding.feed(piece))


@given(size=st.integers(1, 5_000), data=st.binary(max_size=500) | st.just(TEXT))
@pytest.mark.parametrize(
    ("header", "pack"),
    [
        ("", as_it_is),
        ("identity", as_it_is),
        ("gzip", gzip.compress),
        ("zstd", zstd.compress),
        ("zstd", two_frames),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("gzip", two_members),
        ("deflate, gzip", twice),
    ],
    ids=[
        "none",
        "identity",
        "gzip",
        "zstd",
        "two frames",
        "x-gzip",
        "zlib",
        "raw deflate",
        "two members",
        "two kinds",
    ],
)
def test_any_pieces_of_any_body_give_what_was_packed(
    header: str,
    pack: Callable[[bytes], bytes],
    size: int,
    data: bytes,
) -> None:
    assert unpack(Decoding(header), pack(data), size) == data


@pytest.mark.parametrize(("header", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_a_small_piece_that_holds_very_much_is_unpacked_in_steps(
    header: str, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(bytes(200 << 20))
    tracemalloc.start()
    total = 0
    for step in Decoding(header).feed(packed):
        assert len(step) <= STEP_BYTES
        total += len(step)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 200 << 20
    assert peak < 8 << 20


@pytest.mark.parametrize("header", ["gzip", "deflate", "zstd"])
def test_what_is_not_compressed_is_an_error_of_decoding(header: str) -> None:
    noise = random.Random(1).randbytes(1000)
    with pytest.raises(DecodingError):
        list(Decoding(header).feed(noise))


def test_what_follows_the_end_and_is_no_other_member_is_left_out() -> None:
    assert b"".join(Decoding("gzip").feed(gzip.compress(b"all") + b"padding")) == b"all"


def test_a_frame_that_asks_for_too_much_memory_is_refused() -> None:
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(TEXT * 200) + packer.flush()
    with pytest.raises(DecodingError, match="memory"):
        list(Decoding("zstd").feed(packed))


def test_zstd_is_offered_only_where_it_can_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert encodings() == "gzip, deflate, zstd"
    monkeypatch.setattr(decoding, "has_zstd", lambda: False)
    assert encodings() == "gzip, deflate"
