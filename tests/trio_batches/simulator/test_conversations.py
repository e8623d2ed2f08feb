from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import h11
import pytest
import trio
import trio.testing

from trio_batches.simulator import Scenario, Simulator, World

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Visitor

BATCHES = "/v1/messages/batches"
HEAD = b"host: x\r\nx-api-key: k\r\nanthropic-version: 2023-06-01\r\n"


async def exchange(world: World, sent: bytes, *, leave: bool = True) -> bytes:
    """Send bytes, then no more, and return all that comes back."""
    ours, theirs = trio.testing.memory_stream_pair()
    received = b""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Simulator(world).handle, theirs)
        async with ours:
            await ours.send_all(sent)
            if leave:
                await ours.send_eof()
            while data := await ours.receive_some():
                received += bytes(data)
    return received


async def test_a_connection_serves_one_request_after_another() -> None:
    world = World()
    batch_id = world.add_ended_batch(10)
    one = b"GET /v1/messages/batches/%b/results HTTP/1.1\r\n%b\r\n" % (batch_id.encode(), HEAD)
    two = b"GET /v1/messages/batches HTTP/1.1\r\n%b\r\n" % HEAD
    received = await exchange(world, one + two + one)
    assert received.count(b"HTTP/1.1 200 OK") == 3
    assert [record.finished for record in world.requests] == [True] * 3


async def test_an_old_client_gets_results_without_chunks() -> None:
    world = World(scenario=Scenario(result_order="submitted"))
    batch_id = world.add_ended_batch(10)
    target = b"/v1/messages/batches/%b/results" % batch_id.encode()
    received = await exchange(world, b"GET %b HTTP/1.0\r\n%b\r\n" % (target, HEAD), leave=False)
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert body == b"".join(world.result_lines(batch_id))


async def test_nonsense_is_refused_and_the_connection_ends() -> None:
    received = await exchange(World(), b"GIVE me my batches\r\n\r\n", leave=False)
    assert received.startswith(b"HTTP/1.1 400 ")
    received = await exchange(World(), b"GET / HTTP/1.1\r\nx: " + b"x" * 20_000, leave=False)
    assert received.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /v1/mo", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf"],
)
async def test_a_client_that_leaves_early_is_let_go(sent: bytes) -> None:
    world = World()
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Simulator(world).handle, theirs)
        await ours.send_all(sent)
        await trio.testing.wait_all_tasks_blocked()
        await ours.aclose()
    assert world.requests == []


async def test_a_client_that_leaves_during_results_is_let_go() -> None:
    world = World(scenario=Scenario(bandwidth=1000))
    batch_id = world.add_ended_batch(10**6)
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Simulator(world).handle, theirs)
        target = f"{BATCHES}/{batch_id}/results".encode()
        await ours.send_all(b"GET %b HTTP/1.1\r\n%b\r\n" % (target, HEAD))
        await trio.sleep(3)
        await ours.aclose()
    assert not world.requests[0].finished


async def test_nonsense_from_one_who_left_is_ignored() -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    await ours.send_all(b"GIVE me my batches\r\n\r\n")
    await ours.aclose()
    await Simulator(World()).handle(theirs)


async def test_nonsense_in_the_middle_of_a_request_is_refused() -> None:
    body = b"transfer-encoding: chunked\r\n\r\nzz\r\n"
    received = await exchange(World(), b"POST / HTTP/1.1\r\nhost: x\r\n" + body, leave=False)
    assert received.startswith(b"HTTP/1.1 400 ")


async def test_nonsense_behind_an_answer_ends_the_connection() -> None:
    one = b"GET /v1/models HTTP/1.1\r\n%b\r\n" % HEAD
    received = await exchange(World(), one + b"nonsense\r\n\r\n", leave=False)
    assert received.count(b"HTTP/1.1 200 ") == received.count(b"HTTP/1.1 400 ") == 1


@pytest.mark.parametrize("sent", [b"", b"GET /v1/mo"])
async def test_a_silent_client_is_let_go_in_time(sent: bytes) -> None:
    start = trio.current_time()
    received = await exchange(World(scenario=Scenario(read_timeout=20)), sent, leave=False)
    assert received == b""
    assert trio.current_time() - start == 20


async def test_bandwidth_is_kept(visitor: Visitor) -> None:
    world = World(scenario=Scenario(bandwidth=100_000, result_order="submitted"))
    batch_id = world.add_ended_batch(1000, result_bytes=1000)
    start = trio.current_time()
    answer = await visitor.results(world, batch_id)
    seconds = trio.current_time() - start
    assert answer.body == b"".join(world.result_lines(batch_id))
    assert seconds == pytest.approx(len(answer.body) / 100_000, rel=0.01)


async def test_json_is_compressed_for_those_who_read_it(visitor: Visitor) -> None:
    world = World()
    for _ in range(20):
        world.add_ended_batch(1)
    plain = await visitor.get(world, BATCHES)
    small = await visitor.get(world, BATCHES, accept_encoding="gzip, deflate")
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert len(small.body) < len(plain.body) / 4
    assert gzip.decompress(small.body) == plain.body


async def test_json_is_not_compressed_if_the_scenario_says_so(visitor: Visitor) -> None:
    world = World(scenario=Scenario(gzip=False))
    answer = await visitor.get(world, "/v1/models", accept_encoding="gzip")
    assert "content-encoding" not in answer.headers


async def test_answers_carry_the_services_headers(visitor: Visitor) -> None:
    answer = await visitor.get(World(), BATCHES, anthropic_workspace_id="wrkspc_1")
    assert answer.headers["request-id"].startswith("req_")
    assert answer.headers["anthropic-organization-id"].isdigit()
    assert answer.headers["anthropic-workspace-id"] == "wrkspc_1"
    assert answer.headers["server-timing"].startswith("x-originResponse;dur=")


async def test_cancelling_ends_a_conversation(visitor: Visitor) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Simulator(World()).handle, theirs)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    answer = await visitor.receive(ours, h11.Connection(h11.CLIENT))
    assert answer.status == 0
