from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h11
import msgspec
import pytest
import trio
import trio.testing

from trio_batches.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trio_batches.simulator import World

BATCHES = "/v1/messages/batches"


@dataclass
class Answer:
    """What a client has received; `whole` unless the connection ended before the answer did."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool

    @property
    def json(self) -> dict[str, Any]:
        return msgspec.json.decode(self.body, type=dict[str, Any])

    @property
    def message(self) -> str:
        return msgspec.convert(self.json["error"]["message"], str)

    @property
    def ids(self) -> list[str]:
        return [item["id"] for item in self.json["data"]]

    @property
    def lines(self) -> list[bytes]:
        return self.body.splitlines(keepends=True)


class Visitor:
    """A client that talks to a world over memory, one connection for each request."""

    async def get(self, world: World, target: str, **headers: str) -> Answer:
        return await self.ask(world, "GET", target, headers=headers)

    async def results(self, world: World, batch_id: str) -> Answer:
        return await self.get(world, f"{BATCHES}/{batch_id}/results")

    async def create(self, world: World, body: object, *, version: str = "2026-10-21") -> Answer:
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"anthropic-version": version}
        return await self.ask(world, "POST", BATCHES, headers=headers, body=raw)

    async def ask(
        self,
        world: World,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        ours, theirs = trio.testing.memory_stream_pair()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(Simulator(world).handle, theirs)
            async with ours:
                connection = h11.Connection(h11.CLIENT)
                await ours.send_all(_write(connection, method, target, headers or {}, body))
                answer = await self.receive(ours, connection)
        return answer

    async def receive(self, stream: trio.abc.Stream, connection: h11.Connection) -> Answer:
        answer = Answer(0, {}, b"", whole=False)
        pieces: list[bytes] = []
        try:
            while not isinstance(event := await _next_event(stream, connection), h11.EndOfMessage):
                if isinstance(event, h11.Response):
                    answer.status = event.status_code
                    answer.headers = {
                        name.decode(): value.decode() for name, value in event.headers
                    }
                elif isinstance(event, h11.Data):
                    pieces.append(bytes(event.data))
                elif isinstance(event, h11.ConnectionClosed):
                    break
            answer.whole = isinstance(event, h11.EndOfMessage)
        except h11.RemoteProtocolError:
            answer.whole = False
        answer.body = b"".join(pieces)
        return answer


def _write(
    connection: h11.Connection, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> bytes:
    merged = {
        "host": "api.test",
        "authorization": "Bearer k",
        "anthropic-version": "2026-10-21",
        "content-length": str(len(body)),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    present = [(name, value) for name, value in merged.items() if value]
    request = h11.Request(method=method, target=target, headers=present)
    parts = (request, h11.Data(data=body), h11.EndOfMessage())
    return b"".join(connection.send(part) or b"" for part in parts)


async def _next_event(stream: trio.abc.Stream, connection: h11.Connection) -> object:
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(bytes(await stream.receive_some(65536)))
    return event


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()
