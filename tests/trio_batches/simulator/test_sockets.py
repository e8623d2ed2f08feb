"""A simulator behind a real socket, on the real clock."""

from __future__ import annotations

import pytest
import trio

from trio_batches.simulator import Cut, Fault, Scenario, World, open_simulator

REQUEST = b"GET %b HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\nanthropic-version: 2023-06-01\r\n%b\r\n"


@pytest.fixture
def anyio_backend() -> str:
    return "trio"


async def connect(base_url: str) -> trio.SocketStream:
    host, _, port = base_url.removeprefix("http://").partition(":")
    return await trio.open_tcp_stream(host, int(port))


async def read_all(stream: trio.SocketStream) -> bytes:
    received = bytearray()
    while data := await stream.receive_some():
        received += data
    return bytes(received)


async def test_results_come_over_a_socket() -> None:
    world = World(seed=1)
    batch_id = world.add_ended_batch(2000)
    async with open_simulator(world) as simulator:
        assert simulator.base_url.startswith("http://127.0.0.1:")
        async with await connect(simulator.base_url) as stream:
            target = f"/v1/messages/batches/{batch_id}/results".encode()
            await stream.send_all(REQUEST % (target, b"connection: close\r\n"))
            received = await read_all(stream)
    assert received.endswith(b"\r\n0\r\n\r\n")
    assert received.count(b'"custom_id"') == 2000


async def test_leaving_ends_every_connection() -> None:
    world = World()
    async with open_simulator(world) as simulator:
        stream = await connect(simulator.base_url)
        await stream.send_all(REQUEST % (b"/v1/models", b""))
        assert await stream.receive_some()
    async with stream:
        assert await stream.receive_some() == b""


async def test_a_reset_is_a_reset() -> None:
    fault = Fault(cut=Cut(place="line", at=3, how="rst"))
    world = World(scenario=Scenario(faults=(fault, Fault(nth=2, drop_reply=True, cut=fault.cut))))
    batch_id = world.add_ended_batch(10)
    async with open_simulator(world) as simulator:
        for _ in range(2):
            async with await connect(simulator.base_url) as stream:
                target = f"/v1/messages/batches/{batch_id}/results".encode()
                await stream.send_all(REQUEST % (target, b""))
                with pytest.raises(trio.BrokenResourceError):
                    await read_all(stream)


async def test_a_client_that_vanishes_leaves_the_server_running() -> None:
    world = World()
    batch_id = world.add_ended_batch(10**6)
    async with open_simulator(world) as simulator:
        for _ in range(3):
            stream = await connect(simulator.base_url)
            target = f"/v1/messages/batches/{batch_id}/results".encode()
            await stream.send_all(REQUEST % (target, b""))
            await stream.receive_some()
            await trio.aclose_forcefully(stream)
        async with await connect(simulator.base_url) as stream:
            await stream.send_all(REQUEST % (b"/v1/models", b"connection: close\r\n"))
            assert (await read_all(stream)).startswith(b"HTTP/1.1 200 OK")
    assert len(world.requests) == 4


async def test_errors_cross_bare() -> None:
    with pytest.raises(ValueError, match=r"^mine$"):
        async with open_simulator(World()):
            raise ValueError("mine")


async def test_several_errors_stay_together() -> None:
    with pytest.RaisesGroup(pytest.RaisesGroup(ValueError, KeyError)):
        async with open_simulator(World()):
            raise BaseExceptionGroup("", [ExceptionGroup("", [ValueError(), KeyError()])])


async def test_a_taken_port_is_an_error() -> None:
    async with open_simulator(World()) as simulator:
        port = int(simulator.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with open_simulator(World(), port=port):
                pass  # pragma: no cover
