"""What only real sockets and the real clock can show."""

# ruff: noqa: PT012  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

import gc
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from tests.trio_batches.client.create_requests import requests
from tests.trio_batches.transport.peers import KEY
from trio_batches.client import Client
from trio_batches.errors import AmbiguousCreateError, ForeignOriginError, TransportError
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Cut, Fault, Scenario, World, open_simulator
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

QUICK = RetryPolicy(initial_delay=0.001, max_delay=0.001)


@pytest.fixture
def anyio_backend() -> str:
    """Run the tests of this file on the real clock."""
    return "trio"


class Dialler:
    """Opens sockets and remembers them."""

    def __init__(self) -> None:
        self.streams: list[trio.SocketStream] = []

    async def connect(self, host: str, port: int) -> trio.SocketStream:
        stream = await trio.open_tcp_stream(host, port)
        self.streams.append(stream)
        return stream

    @property
    def open(self) -> int:
        return sum(stream.socket.fileno() >= 0 for stream in self.streams)


@asynccontextmanager
async def serve(
    *faults: Fault, limits: Limits | None = None
) -> AsyncGenerator[tuple[World, Client, Dialler]]:
    """Serve a world with faults on a socket; on leaving, nothing may be open."""
    world, dialler = World(scenario=Scenario(faults=faults)), Dialler()
    async with open_simulator(world) as simulator:
        client = Client(
            api_key=KEY,
            base_url=simulator.base_url,
            retry=QUICK,
            limits=limits,
            connect=dialler.connect,
        )
        async with client:
            yield world, client, dialler
        assert dialler.open == 0
        gc.collect()


async def test_a_long_stream_arrives_whole() -> None:
    async with serve() as (world, client, dialler):
        batch_id = world.add_ended_batch(5000)
        async with client.messages.batches.results(batch_id) as results:
            lines = [line async for line in results.lines()]
        assert sorted(line + b"\n" for line in lines) == sorted(world.result_lines(batch_id))
        assert len(dialler.streams) == 1
        assert dialler.open == 1


async def test_breaking_off_closes_the_connection() -> None:
    async with serve() as (world, client, dialler):
        batch_id = world.add_ended_batch(50_000)
        async with client.messages.batches.results(batch_id) as results:
            async for _ in results:
                break
        assert dialler.open == 0
        assert await client.models.list()


async def test_an_exception_of_the_block_arrives_bare_and_closes_the_connection() -> None:
    async with serve() as (world, client, dialler):
        batch_id = world.add_ended_batch(50_000)
        with pytest.raises(ValueError, match="mine"):
            async with client.messages.batches.results(batch_id) as results:
                async for _ in results.blocks():
                    raise ValueError("mine")
        assert dialler.open == 0


async def test_a_deadline_in_the_middle_closes_the_connection() -> None:
    fault = Fault(operation="results", cut=Cut(place="line", at=5, how="stall"))
    async with serve(fault) as (world, client, dialler):
        batch_id = world.add_ended_batch(100)
        seen = 0
        with trio.move_on_after(0.3) as scope:
            async with client.messages.batches.results(batch_id) as results:
                async for _ in results:
                    seen += 1
        assert scope.cancelled_caught
        assert seen == 5
        assert dialler.open == 0


@pytest.mark.parametrize("place", ["head", "byte", "line", "inside_line", "end"])
@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_a_cut_connection_is_resumed(place: str, how: str) -> None:
    cut = msgspec.convert({"place": place, "at": 30, "how": how}, Cut)
    async with serve(Fault(operation="results", times=2, cut=cut)) as (world, client, dialler):
        batch_id = world.add_ended_batch(100)
        async with client.messages.batches.results(batch_id) as results:
            ids = [record.custom_id async for record in results]
        assert len(ids) == len(set(ids)) == 100
        if how == "fin":  # a reset may take with it what has arrived
            assert len(dialler.streams) == (1 if place == "end" else 3)


async def test_a_stall_is_noticed_and_resumed() -> None:
    fault = Fault(operation="results", cut=Cut(place="line", at=5, how="stall"))
    async with serve(fault, limits=Limits(read_timeout=0.2)) as (world, client, dialler):
        batch_id = world.add_ended_batch(100)
        async with client.messages.batches.results(batch_id) as results:
            assert len([record async for record in results]) == 100
        assert len(dialler.streams) == 2


async def test_a_reset_after_a_create_is_ambiguous_and_sent_once() -> None:
    fault = Fault(operation="create", drop_reply=True, cut=Cut(how="rst"))
    async with serve(fault) as (world, client, _):
        with pytest.raises(AmbiguousCreateError):
            await client.messages.batches.create(requests(3))
        assert len(world) == 1
        assert len(world.requests) == 1


async def test_a_large_create_arrives_whole() -> None:
    async with serve() as (world, client, _):
        batch = await client.messages.batches.create(requests(2000, "x" * 1000))
        assert batch.request_counts.total == 2000
        assert world.requests[0].body_bytes > 2_000_000


async def test_a_connection_that_the_service_closed_while_idle_is_not_used_again() -> None:
    async with serve() as (world, client, dialler):
        await client.models.list()
        patient = world.scenario
        world.scenario = msgspec.structs.replace(patient, read_timeout=0.01)
        await client.models.list()
        while not dialler.streams[0].socket.is_readable():  # noqa: ASYNC110
            await trio.sleep(0.01)  # the kernel's word, for which there is no event
        world.scenario = patient
        await client.messages.batches.create(requests(1))
        assert len(dialler.streams) == 2
        assert len(world) == 1


async def test_nobody_listening_is_a_failure_to_connect() -> None:
    async with open_simulator(World()) as simulator:
        base_url = simulator.base_url
    async with Client(api_key=KEY, base_url=base_url, retry=QUICK) as client:
        with pytest.raises(TransportError, match="cannot reach") as caught:
            await client.models.list()
    assert caught.value.phase == "connecting"


async def test_a_foreign_results_url_sees_no_connection() -> None:
    connections: list[trio.SocketStream] = []
    async with trio.open_nursery() as nursery:

        async def count(stream: trio.SocketStream) -> None:
            connections.append(stream)
            await stream.aclose()

        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        port = listeners[0].socket.getsockname()[1]
        nursery.start_soon(trio.serve_listeners, count, listeners)
        url = f"http://127.0.0.1:{port}/{{id}}"
        async with serve(Fault(operation="retrieve", results_url=url)) as (world, client, dialler):
            batch_id = world.add_ended_batch(3)
            async with client.messages.batches.results(batch_id) as results:
                with pytest.raises(ForeignOriginError):
                    await anext(aiter(results))
            assert len(dialler.streams) == 1
        nursery.cancel_scope.cancel()
    assert connections == []
