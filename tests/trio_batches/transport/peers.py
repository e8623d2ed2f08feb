"""Networks without sockets: what clients dial ends at peers in the same Trio run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio
import trio.testing

from trio_batches.client import Client
from trio_batches.simulator import Scenario, Simulator, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches.protocol.retry import RetryPolicy
    from trio_batches.simulator import Fault
    from trio_batches.transport.limits import Limits

KEY = "sk-test-not-a-key"
HOST = "service.test"
BASE_URL = f"http://{HOST}"

Peer = Callable[[trio.abc.Stream], Awaitable[None]]
"""Speaks on the other end of one connection and closes it."""


class Network:
    """Connects clients to peers over memory.

    Attributes:
        dialled: Host and port of every connection that was asked for.
        open: How many connections neither end has left.
    """

    def __init__(self, nursery: trio.Nursery) -> None:
        self.dialled: list[tuple[str, int]] = []
        self.open = 0
        self._nursery = nursery
        self._peers: dict[tuple[str, int], Peer] = {}

    def put(self, peer: Peer, host: str = HOST, port: int = 80) -> None:
        """Let a peer answer at a host and port."""
        self._peers[host, port] = peer

    def serve(self, *faults: Fault, world: World | None = None) -> World:
        """Put a simulated service at the usual place: a given world, or one with faults."""
        if world is None:
            world = World(scenario=Scenario(faults=faults, read_timeout=1e6))
        self.put(Simulator(world).handle)
        return world

    def client(
        self,
        *,
        base_url: str = BASE_URL,
        betas: Sequence[str] = (),
        retry: RetryPolicy | None = None,
        limits: Limits | None = None,
    ) -> Client:
        """Return a client whose connections are made here."""
        return Client(
            api_key=KEY,
            base_url=base_url,
            betas=betas,
            retry=retry,
            limits=limits,
            connect=self.connect,
        )

    async def connect(self, host: str, port: int) -> trio.abc.Stream:
        """Dial; nobody there is a refusal."""
        await trio.lowlevel.checkpoint()
        self.dialled.append((host, port))
        peer = self._peers.get((host, port))
        if peer is None:
            raise ConnectionRefusedError(f"nobody listens at {host}:{port}")
        ours, theirs = trio.testing.memory_stream_pair()
        self.open += 1
        self._nursery.start_soon(self._serve, peer, theirs)
        return ours

    async def _serve(self, peer: Peer, stream: trio.abc.Stream) -> None:
        try:
            await peer(stream)
        finally:
            self.open -= 1


@asynccontextmanager
async def open_network() -> AsyncGenerator[Network]:
    """Make a network whose peers live as long as the block; its error leaves bare."""
    try:
        async with trio.open_nursery() as nursery:
            yield Network(nursery)
            nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        if len(group.exceptions) != 1:
            raise
        error = group.exceptions[0]
    else:
        return
    raise error


Step = bytes | float
"""What a scripted peer does: send bytes, or wait so many seconds."""


class ScriptedPeer:
    """Answers one request after another by a script, on however many connections.

    A reply that is None closes the connection in the place of an answer, as does
    the end of the script. A wait for ever ends when the client leaves.

    Args:
        replies: Steps for each request, in the order of their arrival.

    Attributes:
        requests: What has arrived, head and body.
    """

    def __init__(self, *replies: Sequence[Step] | None) -> None:
        self.requests: list[bytes] = []
        self._replies = list(replies)

    @property
    def targets(self) -> list[str]:
        """The targets of the requests' first lines."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers of each request, names in lower case."""
        return [_headers(request) for request in self.requests]

    async def __call__(self, stream: trio.abc.Stream) -> None:
        """Answer the requests of one connection."""
        async with stream:
            while (request := await _read_request(stream)) is not None:
                self.requests.append(request)
                reply = self._replies.pop(0) if self._replies else None
                if reply is None or not await _play(reply, stream):
                    return


async def _play(reply: Sequence[Step], stream: trio.abc.Stream) -> bool:
    """Do the steps of a reply; tell whether the client is still there."""
    for step in reply:
        if isinstance(step, bytes):
            await stream.send_all(step)
            continue
        with trio.move_on_after(step):
            while await stream.receive_some():
                pass
            return False
    return reply[-1] != CLOSE


CLOSE = b""
"""As the last step of a reply: close the connection after it."""


async def _read_request(stream: trio.abc.Stream) -> bytes | None:
    """Return head and body of the next request, None when the client has left."""
    request = bytearray()
    length = None
    while length is None or len(request) < length:
        data = await stream.receive_some()
        if not data:
            return None
        request += data
        end = request.find(b"\r\n\r\n") + 4
        if length is None and end >= 4:
            length = end + int(_headers(bytes(request)).get("content-length", "0"))
    return bytes(request)


def _headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def answer(body: bytes = b"", *, status: int = 200, **headers: str) -> bytes:
    """Return a whole answer; underscores of header names become hyphens."""
    return head(status=status, content_length=str(len(body)), **headers) + body


def head(*, status: int = 200, **headers: str) -> bytes:
    """Return the head of an answer."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Scripted", *lines, "", ""]).encode()


def chunks(*pieces: bytes) -> bytes:
    """Return pieces of a body in the chunked coding, without its end."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


CHUNKED = head(transfer_encoding="chunked")
END = b"0\r\n\r\n"
