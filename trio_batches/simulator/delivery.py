"""One reply on its way to one client."""

from __future__ import annotations

import functools
import gzip
from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

from trio_batches.simulator.damage import (
    CutStream,
    edit_lines,
    leave_off_final_newline,
    slice_blocks,
)
from trio_batches.simulator.faults import Cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trio_batches.simulator.faults import Edit
    from trio_batches.simulator.journal import RequestRecord
    from trio_batches.simulator.outlet import Outlet
    from trio_batches.simulator.replies import Reply

__all__ = ("Delivery", "compress")

_WORTH_COMPRESSING = 200
_FAST = 1
_NO_CUT = Cut(place="end", how="clean")


def compress(reply: Reply, accept_encoding: str) -> None:
    """Compress a JSON answer for a client that offers to read it."""
    reply.headers["vary"] = "Accept-Encoding"
    if "gzip" in accept_encoding and len(reply.body) >= _WORTH_COMPRESSING:
        reply.body = _compressed(reply.body)
        reply.headers["content-encoding"] = "gzip"


@functools.lru_cache(maxsize=32)  # the same pages are asked for again and again
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, _FAST, mtime=0)


class Delivery:
    """Sends a reply, or as much of it as a fault lets through.

    Long bodies bypass h11: it would copy and wrap each piece, and the simulator must
    not be what a download benchmark measures.

    Args:
        outlet: Where to.
        connection: The state of the conversation; its head and end go through it.
        record: Where to note how much was sent.
    """

    def __init__(self, outlet: Outlet, connection: h11.Connection, record: RequestRecord) -> None:
        self._outlet = outlet
        self._connection = connection
        self._record = record
        self._chunked = False

    async def run(
        self, reply: Reply, cut: Cut | None, edits: tuple[Edit, ...], *, final_newline: bool
    ) -> bool:
        """Send it; tell whether the conversation can go on."""
        head = self._head(reply)
        if cut is not None and cut.place == "head":
            return await self._break_off_head(head, cut)
        body = self._body(reply, edits, final_newline=final_newline)
        parts = CutStream(body, cut or _NO_CUT)
        await self._send(head, parts.before())
        how = _NO_CUT.how if cut is None else cut.how
        if how == "stall":
            if await self._outlet.wait_gone(cut.seconds if cut else None):
                return False
            await self._send(b"", parts.after())
        elif how == "rst":
            self._outlet.reset()
        if how not in ("clean", "stall"):
            return False
        if reply.blocks is None and self._record.sent_bytes < len(reply.body):
            return False
        await self._end()
        return True

    def _head(self, reply: Reply) -> bytes:
        headers = list(reply.headers.items())
        if reply.blocks is None:
            headers.append(("content-length", str(len(reply.body))))
        else:
            headers.append(("transfer-encoding", "chunked"))
            self._chunked = self._connection.their_http_version != b"1.0"
        response = h11.Response(status_code=reply.status, headers=headers, reason=_reason(reply))
        head = self._connection.send(response) or b""
        if reply.blocks is None:
            self._connection.send(h11.Data(data=reply.body))
        return head

    def _body(
        self, reply: Reply, edits: tuple[Edit, ...], *, final_newline: bool
    ) -> Iterator[bytes]:
        if reply.blocks is None:
            return iter((reply.body,))
        blocks = edit_lines(reply.blocks, edits) if edits else reply.blocks
        return slice_blocks(blocks if final_newline else leave_off_final_newline(blocks))

    async def _send(self, head: bytes, body: Iterator[bytes]) -> None:
        """Send pieces of a body, the first together with the head."""
        for piece in body:
            if self._chunked:
                await self._outlet.send(b"%b%x\r\n%b\r\n" % (head, len(piece), piece))
            else:
                await self._outlet.send(head + piece)
            head = b""
            self._record.sent_bytes += len(piece)
        if head:
            await self._outlet.send(head)

    async def _end(self) -> None:
        end = self._connection.send(h11.EndOfMessage())
        if end:
            await self._outlet.send(end)
        self._record.finished = True

    async def _break_off_head(self, head: bytes, cut: Cut) -> bool:
        await self._outlet.send(head[: cut.at])
        if cut.how == "stall":
            await self._outlet.wait_gone(cut.seconds)
        elif cut.how == "rst":
            self._outlet.reset()
        return False


def _reason(reply: Reply) -> bytes:
    try:
        return HTTPStatus(reply.status).phrase.encode()
    except ValueError:
        return b""
