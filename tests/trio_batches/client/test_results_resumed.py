"""Results whose stream breaks: what is read again, for how long, and what is given up."""

# ruff: noqa: PERF401, PT012  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from tests.trio_batches.client.result_lines import ended_batch, line, read_ids
from tests.trio_batches.transport.peers import (
    CHUNKED,
    CLOSE,
    END,
    ScriptedPeer,
    answer,
    chunks,
    head,
    open_network,
)
from trio_batches.errors import (
    NotFoundError,
    ServerError,
    TransportError,
)
from trio_batches.protocol.retry import RetryPolicy, backoff
from trio_batches.protocol.tally import Tally
from trio_batches.simulator import Answer, Cut, Fault, Scenario, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.trio_batches.transport.peers import Network
    from trio_batches.simulator.bodies import ResultOrder


CUTS = [
    Cut(place="head", at=0),
    Cut(place="head", at=25),
    Cut(place="byte", at=0),
    Cut(place="byte", at=1),
    Cut(place="line", at=0),
    Cut(place="line", at=1),
    Cut(place="line", at=20),
    Cut(place="line", at=39),
    Cut(place="inside_line", at=0),
    Cut(place="inside_line", at=20),
    Cut(place="inside_line", at=39),
    Cut(place="line", at=40),
    Cut(place="end"),
]


@pytest.mark.parametrize("order", ["submitted", "shuffled"])
@pytest.mark.parametrize("use", ["records", "lines"])
@pytest.mark.parametrize("how", ["fin", "clean", "stall"])
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: f"{cut.place}-{cut.at}")
async def test_a_broken_stream_is_resumed_and_each_record_comes_once(
    network: Network, cut: Cut, how: str, use: str, order: ResultOrder
) -> None:
    cut = msgspec.structs.replace(cut, how=how)
    fault = Fault(operation="results", times=2, cut=cut)
    world = network.serve(world=World(scenario=Scenario(result_order=order, faults=(fault,))))
    batch_id = world.add_ended_batch(40, errored=5, result_bytes=300)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        if use == "records":
            ids = [record.custom_id async for record in results]
        else:
            ids = [msgspec.json.decode(line)["custom_id"] async for line in results.lines()]
    await wait_all_tasks_blocked()
    assert network.open == 0
    assert len(ids) == 40
    assert len(set(ids)) == 40
    readings = [request for request in world.requests if request.operation == "results"]
    whole = cut.place == "end" or (cut.place == "line" and cut.at == 40)
    if whole:
        assert len(readings) == 1
    elif order == "submitted":
        assert len(readings) == 3
    else:
        assert len(readings) in (2, 3)


@pytest.mark.parametrize("place", range(0, 700, 7))
async def test_a_stream_cut_at_any_byte_is_resumed(network: Network, place: int) -> None:
    lines = [line(f"r{number}") for number in range(3)]
    body = CHUNKED + b"".join(chunks(line) for line in lines) + END
    peer = ScriptedPeer([body[:place], CLOSE], [body])
    network.put(peer)
    async with network.client() as client:
        assert sorted(await read_ids(client, ended_batch(3))) == ["r0", "r1", "r2"]


async def test_a_stalled_stream_is_resumed_after_the_read_timeout(network: Network) -> None:
    world = network.serve(Fault(operation="results", cut=Cut(place="line", at=2, how="stall")))
    batch_id = world.add_ended_batch(5)
    random.seed(7)
    wait = backoff(RetryPolicy(), 0, random.Random(7).random())
    async with network.client() as client:
        assert len(await read_ids(client, batch_id)) == 5
    assert trio.current_time() == pytest.approx(60 + wait, abs=1e-9)


async def test_a_pause_shorter_than_the_read_timeout_is_no_stall(network: Network) -> None:
    cut = Cut(place="line", at=2, how="stall", seconds=59)
    world = network.serve(Fault(operation="results", cut=cut))
    batch_id = world.add_ended_batch(5)
    async with network.client() as client:
        assert len(await read_ids(client, batch_id)) == 5
    assert trio.current_time() == 59
    assert len(world.requests) == 2


async def test_a_caller_that_takes_its_time_does_not_look_like_a_stall(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(500)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        async for _ in results.blocks():
            await trio.sleep(1000)
    assert len(world.requests) == 2


async def test_a_404_after_the_end_is_waited_out(network: Network) -> None:
    world = network.serve(
        Fault(
            operation="results",
            times=3,
            answer=Answer(status=404, headers={"x-should-retry": "false", "retry-after": "20"}),
        )
    )
    batch_id = world.add_ended_batch(5)
    async with network.client() as client:
        assert len(await read_ids(client, batch_id)) == 5
    assert trio.current_time() == 60


async def test_a_404_is_believed_after_the_grace(network: Network) -> None:
    fault = Fault(operation="results", times=None, answer=Answer(status=404))
    world = network.serve(fault)
    batch_id = world.add_ended_batch(5)
    async with network.client(retry=RetryPolicy(not_found_grace=100)) as client:
        with pytest.raises(NotFoundError):
            await read_ids(client, batch_id)
    assert 100 <= trio.current_time() <= 108


async def test_a_404_on_results_older_than_they_are_kept_is_believed_at_once(
    network: Network,
) -> None:
    old = msgspec.structs.replace(ended_batch(5), created_at=datetime(2020, 1, 1, tzinfo=UTC))
    network.put(ScriptedPeer([answer(status=404)]))
    async with network.client() as client:
        with pytest.raises(NotFoundError):
            await read_ids(client, old)
    assert trio.current_time() == 0


async def test_a_stream_that_breaks_without_any_progress_is_given_up(network: Network) -> None:
    fault = Fault(operation="results", times=None, cut=Cut(place="line", at=0))
    world = network.serve(fault)
    batch_id = world.add_ended_batch(5)
    async with network.client(retry=RetryPolicy(max_retries=3)) as client:
        with pytest.raises(TransportError, match="in the middle of the answer") as caught:
            await read_ids(client, batch_id)
    assert caught.value.phase == "receiving"
    assert len(world.requests) == 1 + 4


async def test_results_that_nobody_serves_are_given_up(network: Network) -> None:
    async with network.client(retry=RetryPolicy(max_retries=2)) as client:
        with pytest.raises(TransportError) as caught:
            await read_ids(client, ended_batch(1))
    assert caught.value.phase == "connecting"
    assert len(network.dialled) == 3


async def test_progress_earns_new_attempts(network: Network) -> None:
    body = [line(f"r{number}") for number in range(10)]
    cut = [[CHUNKED + chunks(*body[:count]), CLOSE] for count in range(1, 10)]
    peer = ScriptedPeer(*cut, [CHUNKED + chunks(*body) + END])
    network.put(peer)
    async with network.client(retry=RetryPolicy(max_retries=1)) as client:
        assert len(await read_ids(client, ended_batch(10))) == 10
    assert len(peer.requests) == 10


async def test_records_before_a_failure_are_delivered(network: Network) -> None:
    world = network.serve(
        Fault(operation="results", cut=Cut(place="line", at=3)),
        Fault(operation="results", times=None, answer=Answer(status=500)),
    )
    batch_id = world.add_ended_batch(5)
    seen: list[str] = []
    async with (
        network.client(retry=RetryPolicy(max_retries=2)) as client,
        client.messages.batches.results(batch_id) as results,
    ):
        with pytest.raises(ServerError):
            async for record in results:
                seen.append(record.custom_id)
    assert len(seen) == 3


async def test_an_answer_whose_compression_is_broken_is_asked_for_again(
    network: Network,
) -> None:
    packed = gzip.compress(msgspec.json.encode(ended_batch(1)))
    peer = ScriptedPeer(
        [answer(packed[:50] + b"\xff" * 50, content_encoding="gzip")],
        [answer(packed, content_encoding="gzip")],
    )
    network.put(peer)
    async with network.client() as client:
        assert await client.messages.batches.retrieve("msgbatch_1") == ended_batch(1)
    assert len(peer.requests) == 2


async def test_known_results_are_left_out(network: Network) -> None:
    body = b"".join(line(f"r{number}") for number in range(5))
    peer = ScriptedPeer([answer(body)])
    network.put(peer)
    batch = ended_batch(5)
    tally = Tally(batch.id, batch.request_counts.results())
    tally.add(["r1", "r3"], ["succeeded", "succeeded"])
    async with network.client() as client:
        async with client.messages.batches.results(batch, tally=tally) as results:
            lines = [msgspec.json.decode(line)["custom_id"] async for line in results.lines()]
        assert lines == ["r0", "r2", "r4"]
        async with client.beta.messages.batches.results(batch, tally=tally) as results:
            assert [record async for record in results] == []
    assert len(peer.requests) == 1


@given(
    count=st.integers(0, 12),
    sizes=st.lists(st.integers(1, 900), min_size=1, max_size=8),
    cuts=st.lists(st.integers(0, 4000), max_size=3),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_any_chunks_cuts_and_orders_give_each_record_once(
    count: int, sizes: list[int], cuts: Sequence[int], seed: int
) -> None:
    lines = [line(f"r{number}") for number in range(count)]
    dice = random.Random(seed)

    def reply(cut: int | None) -> list[bytes]:
        dice.shuffle(lines)
        body, pieces, start = b"".join(lines), list[bytes](), 0
        while start < len(body):
            pieces.append(body[start : start + sizes[len(pieces) % len(sizes)]])
            start += len(pieces[-1])
        whole = head(transfer_encoding="chunked") + chunks(*pieces) + END
        return [whole] if cut is None else [whole[:cut], CLOSE]

    async def main() -> list[str]:
        async with open_network() as network:
            network.put(ScriptedPeer(*[reply(cut) for cut in cuts], reply(None)))
            async with network.client() as client:
                return await read_ids(client, ended_batch(count))

    ids = trio.run(main, clock=MockClock(autojump_threshold=0))
    assert sorted(ids) == sorted(f"r{number}" for number in range(count))
