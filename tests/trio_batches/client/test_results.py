"""Streams of results: typed, checked, resumed."""

# ruff: noqa: PERF401, PT012, SIM117  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

import gzip
import random
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

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
    BatchNotEndedError,
    IncompleteResultsError,
    NotFoundError,
    ProtocolError,
    ResultsGoneError,
    ServerError,
    TransportError,
)
from trio_batches.protocol.retry import RetryPolicy, backoff
from trio_batches.protocol.tally import Tally
from trio_batches.simulator import Answer, Cut, Edit, Fault, Scenario, World
from trio_batches.types import (
    BatchResult,
    Canceled,
    Errored,
    Expired,
    MessageBatch,
    RequestCounts,
    Succeeded,
    UnknownBlock,
    UnknownResult,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.trio_batches.transport.peers import Network
    from trio_batches.client import Client
    from trio_batches.simulator.bodies import ResultOrder


def ended_batch(succeeded: int = 0, *, errored: int = 0) -> MessageBatch:
    """Return an ended batch that a scripted peer could have."""
    return msgspec.json.decode(
        msgspec.json.encode(
            {
                "id": "msgbatch_1",
                "processing_status": "ended",
                "request_counts": RequestCounts(
                    processing=0, succeeded=succeeded, errored=errored, canceled=0, expired=0
                ),
                "created_at": "2099-01-01T00:00:00Z",
                "expires_at": "2099-01-02T00:00:00Z",
                "results_url": "http://service.test/results",
            }
        ),
        type=MessageBatch,
    )


def line(custom_id: str, kind: str = "succeeded", text: str = "hello") -> bytes:
    """Return one line of results."""
    result: dict[str, object] = {"type": kind}
    if kind == "succeeded":
        result["message"] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    elif kind == "errored":
        error = {"type": "overloaded_error", "message": "Overloaded"}
        result["error"] = {"type": "error", "error": error, "request_id": "req_1"}
    return msgspec.json.encode({"custom_id": custom_id, "result": result}) + b"\n"


async def read_ids(client: Client, batch: str | MessageBatch) -> list[str]:
    async with client.messages.batches.results(batch) as results:
        return [record.custom_id async for record in results]


async def test_records_are_typed_by_what_became_of_the_request(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(20, errored=3, canceled=2, expired=1)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        assert (results.batch, results.received) == (None, {})
        records = [record async for record in results]
        assert results.batch is not None
        assert results.batch.id == batch_id
        assert results.received == {"succeeded": 14, "errored": 3, "canceled": 2, "expired": 1}
    assert Counter(type(record.result) for record in records) == {
        Succeeded: 14,
        Errored: 3,
        Canceled: 2,
        Expired: 1,
    }
    assert len({record.custom_id for record in records}) == 20


async def test_an_id_takes_two_requests_and_an_ended_batch_one(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(5)
    async with network.client() as client:
        assert len(await read_ids(client, batch_id)) == 5
        batch = (await client.messages.batches.list())[0]
        assert len(await read_ids(client, batch)) == 5
    operations = [request.operation for request in world.requests]
    assert operations == ["retrieve", "results", "list", "results"]
    assert world.requests[1].headers["accept"] == "application/binary"


async def test_a_batch_that_ran_when_it_was_listed_is_looked_up_again(network: Network) -> None:
    world = network.serve()
    world.add_in_progress_batch(5, ends_in=100)
    async with network.client() as client:
        batch = (await client.messages.batches.list())[0]
        with pytest.raises(BatchNotEndedError, match="is in_progress") as caught:
            await read_ids(client, batch)
        assert (caught.value.batch_id, caught.value.status) == (batch.id, "in_progress")
        await trio.sleep(101)
        assert len(await read_ids(client, batch)) == 5


async def test_archived_results_are_not_asked_for(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_archived_batch(5)
    async with network.client() as client:
        with pytest.raises(ResultsGoneError, match="29 days"):
            await read_ids(client, batch_id)
    assert [request.operation for request in world.requests] == ["retrieve"]


async def test_an_ended_batch_without_a_url_has_no_results(network: Network) -> None:
    async with network.client() as client:
        with pytest.raises(ResultsGoneError, match="names no results"):
            await read_ids(client, msgspec.structs.replace(ended_batch(1), results_url=None))


async def test_blocks_are_lists_of_records(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(1000)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        blocks = [block async for block in results.blocks()]
    assert len(blocks) > 3
    assert sum(map(len, blocks)) == 1000
    assert all(isinstance(record, BatchResult) for block in blocks for record in block)


async def test_lines_are_the_services_bytes_without_their_ends(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(500, errored=10)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        lines = [line async for line in results.lines()]
    assert sorted(line + b"\n" for line in lines) == sorted(world.result_lines(batch_id))


async def test_line_blocks_are_the_services_bytes(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(500)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        blocks = [block async for block in results.line_blocks()]
    assert all(block.endswith(b"\n") for block in blocks)
    data = b"".join(blocks)
    assert sorted(data.splitlines(keepends=True)) == sorted(world.result_lines(batch_id))


@pytest.mark.parametrize("edits", [(), (Edit(line=2, what="blank"), Edit(line=3, what="crlf"))])
async def test_blank_lines_crlf_and_a_missing_last_newline_are_harmless(
    network: Network, edits: tuple[Edit, ...]
) -> None:
    fault = Fault(operation="results", times=None, edits=edits)
    world = network.serve(world=World(scenario=Scenario(final_newline=False, faults=(fault,))))
    batch_id = world.add_ended_batch(5)
    async with network.client() as client:
        assert len(await read_ids(client, batch_id)) == 5
        async with client.messages.batches.results(batch_id) as results:
            lines = [line async for line in results.lines()]
        assert sorted(line + b"\n" for line in lines) == sorted(world.result_lines(batch_id))
        async with client.messages.batches.results(batch_id) as results:
            data = b"".join([block async for block in results.line_blocks()])
        assert len(data.split()) == len(b"".join(world.result_lines(batch_id)).split())
        assert not data.endswith(b"\n")


async def test_an_empty_batch_has_no_results(network: Network) -> None:
    network.put(ScriptedPeer([answer(b"")]))
    async with network.client() as client:
        assert await read_ids(client, ended_batch(0)) == []


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


async def test_nonsense_behind_complete_results_is_an_error(network: Network) -> None:
    network.put(ScriptedPeer([answer(line("r0") + b"nonsense")]))
    seen: list[str] = []
    async with network.client() as client:
        async with client.messages.batches.results(ended_batch(1)) as results:
            with pytest.raises(ProtocolError) as caught:
                async for record in results:
                    seen.append(record.custom_id)
    assert seen == ["r0"]
    assert caught.value.line == 2


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


@pytest.mark.parametrize(
    ("edit", "received"),
    [
        (Edit(line=2, what="drop"), {"succeeded": 4}),
        (Edit(line=2, what="retype"), {"succeeded": 4, "expired": 1}),
        (Edit(line=2, what="retype", result_type="postponed"), {"succeeded": 4, "postponed": 1}),
    ],
)
async def test_results_that_stay_other_than_counted_are_incomplete(
    network: Network, edit: Edit, received: dict[str, int]
) -> None:
    world = network.serve(
        world=World(
            scenario=Scenario(
                result_order="submitted",
                faults=(Fault(operation="results", times=None, edits=(edit,)),),
            )
        )
    )
    batch_id = world.add_ended_batch(5)
    seen: list[str] = []
    async with (
        network.client(retry=RetryPolicy(max_retries=2)) as client,
        client.messages.batches.results(batch_id) as results,
    ):
        with pytest.raises(IncompleteResultsError) as caught:
            async for record in results:
                seen.append(record.custom_id)
    assert len(seen) == sum(received.values())
    assert caught.value.batch_id == batch_id
    assert caught.value.received == received
    assert caught.value.expected["succeeded"] == 5
    assert "succeeded 4 of 5" in str(caught.value)
    hopeless = "expired" in received
    assert len(world.requests) == (2 if hopeless else 4)


async def test_more_results_than_counted_are_not_taken_for_complete(network: Network) -> None:
    body = b"".join(line(f"r{number}") for number in range(3))
    network.put(ScriptedPeer([answer(body)]))
    async with network.client() as client:
        with pytest.raises(IncompleteResultsError, match="succeeded 3 of 2"):
            await read_ids(client, ended_batch(2))


@pytest.mark.parametrize("use", ["records", "lines"])
async def test_a_doubled_line_is_an_error(network: Network, use: str) -> None:
    fault = Fault(operation="results", edits=(Edit(line=3, what="duplicate"),))
    world = network.serve(fault)
    batch_id = world.add_ended_batch(5)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        with pytest.raises(ProtocolError, match="arrived twice"):
            if use == "records":
                async for _ in results:
                    pass
            else:
                async for _ in results.lines():
                    pass
    assert len(world.requests) == 2


@pytest.mark.parametrize("use", ["records", "blocks", "lines", "line_blocks"])
@pytest.mark.parametrize("number", [1, 3, 5])
async def test_a_corrupt_line_is_an_error_after_the_records_before_it(
    network: Network, number: int, use: str
) -> None:
    fault = Fault(operation="results", edits=(Edit(line=number, what="corrupt"),))
    world = network.serve(fault)
    batch_id = world.add_ended_batch(5)
    count = 0
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        with pytest.raises(ProtocolError, match=f"line {number}: ") as caught:
            match use:
                case "records":
                    async for _ in results:
                        count += 1
                case "blocks":
                    async for block in results.blocks():
                        count += len(block)
                case "lines":
                    async for _ in results.lines():
                        count += 1
                case _:
                    async for piece in results.line_blocks():
                        count += piece.count(b"\n")
    assert count == number - 1
    assert caught.value.line == number
    await wait_all_tasks_blocked()
    assert network.open == 0


async def test_the_numbers_of_lines_go_on_over_blocks(network: Network) -> None:
    body = b"".join(line(f"r{number}") for number in range(10))
    steps = [CHUNKED, chunks(body[:700]), 0.001, chunks(body[700:]), 0.001, chunks(b"{}\n"), END]
    peer = ScriptedPeer([step for step in steps if isinstance(step, bytes)])
    network.put(peer)
    async with network.client() as client:
        with pytest.raises(ProtocolError) as caught:
            await read_ids(client, ended_batch(11))
    assert caught.value.line == 11


async def test_what_the_service_adds_later_arrives(network: Network) -> None:
    odd = b'{"custom_id":"odd","result":{"type":"postponed","until":"tomorrow"},"more":[1]}\n'
    block = line("block").replace(b'{"type":"text","text":"hello"}', b'{"type":"hologram","x":1}')
    network.put(ScriptedPeer([answer(line("plain") + odd + block)]))
    async with (
        network.client() as client,
        client.messages.batches.results(ended_batch(2)) as results,
    ):
        records = {record.custom_id: record.result async for record in results}
    assert isinstance(records["plain"], Succeeded)
    assert records["odd"] == UnknownResult("postponed", b'{"type":"postponed","until":"tomorrow"}')
    found = records["block"]
    assert isinstance(found, Succeeded)
    assert list(found.message.content) == [UnknownBlock("hologram", b'{"type":"hologram","x":1}')]


async def test_separators_inside_strings_survive(network: Network) -> None:
    text = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"
    body = line("one", text=text) + line("two", text=text)
    assert "\u2028".encode() in body
    network.put(ScriptedPeer([CHUNKED + chunks(body[:100], body[100:]) + END]))
    async with (
        network.client() as client,
        client.messages.batches.results(ended_batch(2)) as results,
    ):
        records = [record async for record in results]
    assert len(records) == 2
    for record in records:
        assert isinstance(record.result, Succeeded)
        assert record.result.message.text == text


async def test_compressed_results_are_read_too(network: Network) -> None:
    body = b"".join(line(f"r{number}") for number in range(100))
    packed = gzip.compress(body)
    whole = [answer(packed, content_encoding="gzip")]
    part = [answer(packed[:-200], content_encoding="gzip")]
    corrupt = [answer(packed[:50] + b"\x00" * 50, content_encoding="gzip")]
    peer = ScriptedPeer(part, corrupt, whole)
    network.put(peer)
    async with network.client() as client:
        assert len(await read_ids(client, ended_batch(100))) == 100
    assert len(peer.requests) == 3


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


async def test_a_line_of_megabytes_is_one_record(network: Network) -> None:
    long = line("long", text="x" * 3_000_000)
    pieces = [long[start : start + 10_000] for start in range(0, len(long), 10_000)]
    network.put(ScriptedPeer([CHUNKED + chunks(*pieces) + END]))
    async with network.client() as client:
        assert await read_ids(client, ended_batch(1)) == ["long"]


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


async def test_results_are_iterated_once(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(3)
    async with network.client() as client:
        results = client.messages.batches.results(batch_id)
        async with results:
            assert len([record async for record in results]) == 3
            for again in (results.__aiter__, results.blocks, results.lines, results.line_blocks):
                with pytest.raises(RuntimeError, match="iterated once"):
                    again()
        with pytest.raises(RuntimeError, match="opened already"):
            await results.__aenter__()


async def test_results_are_iterated_in_their_block_only(network: Network) -> None:
    client = network.client()
    results = client.messages.batches.results("msgbatch_1")
    for use in (results.__aiter__, results.blocks, results.lines, results.line_blocks):
        with pytest.raises(RuntimeError, match="async with"):
            use()


async def test_an_iterator_kept_beyond_the_block_does_not_pretend_the_end(
    network: Network,
) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(1000)
    async with network.client() as client:
        async with client.messages.batches.results(batch_id) as results:
            blocks = results.blocks()
            await anext(blocks)
        with pytest.raises(trio.ClosedResourceError):
            await anext(blocks)


async def test_a_block_that_is_not_iterated_asks_for_nothing(network: Network) -> None:
    world = network.serve()
    async with network.client() as client, client.messages.batches.results("msgbatch_1"):
        await wait_all_tasks_blocked()
    assert world.requests == []


async def test_leaving_early_closes_the_connection(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(20_000)
    async with network.client() as client:
        async with client.messages.batches.results(batch_id) as results:
            async for _ in results:
                break
        await wait_all_tasks_blocked()
        assert network.open == 0
        assert not world.requests[-1].finished or world.requests[-1].sent_bytes


async def test_an_exception_of_the_block_arrives_bare_and_closes_the_connection(
    network: Network,
) -> None:
    world = network.serve(
        Fault(operation="results", times=None, cut=Cut(place="line", at=2, how="stall"))
    )
    batch_id = world.add_ended_batch(20)
    async with network.client() as client:
        with pytest.raises(ValueError, match="mine") as caught:
            async with client.messages.batches.results(batch_id) as results:
                async for _ in results:
                    raise ValueError("mine")
        assert caught.value.__context__ is None
        await wait_all_tasks_blocked()
        assert network.open == 0


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
