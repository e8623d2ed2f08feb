"""Bodies come from the network to the sink as they are, and read like h11 reads them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import h11
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from trio_batches.transport.address import ServiceAddress
from trio_batches.transport.exchange import Call
from trio_batches.transport.limits import Limits
from trio_batches.transport.unread import replace_buffer
from trio_batches.transport.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from trio_batches.transport.exchange import Sink

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

PIECES = st.lists(st.binary(min_size=1, max_size=30), max_size=8)


class Piece(NamedTuple):
    data: bytes
    begins_a_chunk: bool
    ends_a_chunk: bool


def with_length(pieces: list[bytes]) -> bytes:
    body = b"".join(pieces)
    return HEAD % len(body) + body


def in_chunks(pieces: list[bytes]) -> bytes:
    chunks = (b"%x;name=value\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"".join((CHUNKED_HEAD, *chunks, b"0\r\nx-trailer: 1\r\n\r\n"))


def in_plain_chunks(pieces: list[bytes]) -> bytes:
    chunks = (b"%X\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"".join((CHUNKED_HEAD, *chunks, b"0\r\n\r\n"))


def read(parts: list[bytes], *, uncopied: bool) -> list[object]:
    """Return what a connection makes of two answers that arrive in parts."""
    told: list[object] = []
    tell(told, parts, uncopied=uncopied)
    return told


def read_whole(parts: list[bytes], *, uncopied: bool) -> tuple[bytes, list[object]]:
    """Return the content of two answers, then all else, up to an error if there is one."""
    told: list[object] = []
    try:
        tell(told, parts, uncopied=uncopied)
    except h11.ProtocolError as error:
        told.append(type(error))
    content = b"".join(event.data for event in told if isinstance(event, Piece))
    return content, [event for event in told if not isinstance(event, Piece)]


def tell(told: list[object], parts: list[bytes], *, uncopied: bool) -> None:
    connection = h11.Connection(h11.CLIENT)
    for _ in range(2):
        connection.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
        connection.send(h11.EndOfMessage())
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(parts.pop(0) if parts else b"")
            elif isinstance(event, h11.Data):
                told.append(Piece(bytes(event.data), event.chunk_start, event.chunk_end))
            elif isinstance(event, h11.EndOfMessage):
                told.append(list(event.headers))
                break
            else:
                told.append(event)
                if uncopied and connection.their_state is h11.SEND_BODY:
                    replace_buffer(connection)
        if connection.next_event() is h11.PAUSED or not parts:
            told.append(connection.trailing_data[0])
        connection.start_next_cycle()


def cut(stream: bytes, data: st.DataObject) -> list[bytes]:
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=8))
    places = sorted({0, *cuts, len(stream)})
    return [stream[start:stop] for start, stop in pairwise(places)]


@given(pieces=PIECES, data=st.data())
@pytest.mark.parametrize("framed", [with_length, in_chunks])
def test_any_cuts_of_answers_are_read_as_h11_reads_them(
    framed: Callable[[list[bytes]], bytes], pieces: list[bytes], data: st.DataObject
) -> None:
    parts = cut(framed(pieces) + framed(pieces), data)

    expected = read(list(parts), uncopied=False)

    assert read(parts, uncopied=True) == expected


@given(pieces=PIECES, data=st.data())
def test_any_cuts_of_plain_chunks_have_the_content_that_h11_finds(
    pieces: list[bytes], data: st.DataObject
) -> None:
    parts = cut(in_plain_chunks(pieces) * 2, data)

    expected = read_whole(list(parts), uncopied=False)

    assert read_whole(parts, uncopied=True) == expected


@given(pieces=PIECES, data=st.data())
def test_what_is_wrong_in_plain_chunks_is_found_where_h11_finds_it(
    pieces: list[bytes], data: st.DataObject
) -> None:
    stream = bytearray(in_plain_chunks(pieces) * 2)
    place = data.draw(st.integers(len(CHUNKED_HEAD), len(stream) - 1))
    stream[place] = data.draw(st.sampled_from(b"0123456789abcdefFxX ;\r\n\t\0\xff"))
    parts = cut(bytes(stream), data)

    expected = read_whole(list(parts), uncopied=False)

    assert read_whole(parts, uncopied=True) == expected


def test_chunks_that_come_together_are_one() -> None:
    pieces = [bytes([number]) * (number + 1) for number in range(200)]
    first, rest = in_plain_chunks(pieces)[:-100], in_plain_chunks(pieces)[-100:]

    told = read([first, rest, in_plain_chunks([])], uncopied=True)

    data = [event.data for event in told if isinstance(event, Piece)]
    assert b"".join(data) == b"".join(pieces)
    # The whole ones, and the pieces of the one that is cut.
    assert [*map(len, data)] == [sum(range(200)), 107, 93]


def test_what_is_no_http_is_refused_as_h11_refuses_it() -> None:
    connection = h11.Connection(h11.CLIENT)
    replace_buffer(connection)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    connection.receive_data(b"\x16\x03\x01")

    with pytest.raises(h11.RemoteProtocolError, match="illegal"):
        connection.next_event()


class Sent(trio.abc.Stream):
    """A connection on which bytes objects arrive as they are."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    @override
    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        await trio.lowlevel.checkpoint()
        return self._pieces.pop(0) if self._pieces else b""

    @override
    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await trio.lowlevel.checkpoint()

    @override
    async def wait_send_all_might_not_block(self) -> None:
        await trio.lowlevel.checkpoint()

    @override
    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


def keep_in(pieces: list[bytes]) -> Sink:
    async def sink(piece: bytes) -> bool:
        await trio.lowlevel.checkpoint()
        pieces.append(piece)
        return True

    return sink


async def test_a_piece_of_a_body_is_never_copied_on_its_way() -> None:
    body = b"a" * 1000

    async def connect(_host: str, _port: int) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        return Sent(HEAD % 1000, body)

    wire = await Wire.open(ServiceAddress("http://service.test"), Limits(), connect)
    pieces: list[bytes] = []

    await wire.exchange(Call(method="GET", target="/"), {}, keep_in(pieces))
    await wire.aclose()

    assert len(pieces) == 1
    assert pieces[0] is body
