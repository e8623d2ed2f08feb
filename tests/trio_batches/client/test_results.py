"""Streams of results: their forms, and the rules of iterating over them."""

# ruff: noqa: PT012  # that a block lets a failure out is tested

from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests.trio_batches.client.result_lines import ended_batch, line, read_ids
from tests.trio_batches.transport.peers import (
    CHUNKED,
    END,
    ScriptedPeer,
    answer,
    chunks,
)
from trio_batches.errors import (
    BatchNotEndedError,
    ResultsGoneError,
)
from trio_batches.simulator import Cut, Edit, Fault, Scenario, World
from trio_batches.types import (
    BatchResult,
    Canceled,
    Errored,
    Expired,
    Succeeded,
    UnknownBlock,
    UnknownResult,
)

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network


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


async def test_half_a_surrogate_pair_costs_no_result(network: Network) -> None:
    half = line("half", text="?").replace(b"?", b"\\ud83d")
    body = line("before") + half + line("after")
    network.put(ScriptedPeer([answer(body), answer(body)]))
    async with network.client() as client:
        async with client.messages.batches.results(ended_batch(3)) as results:
            records = {record.custom_id: record.result async for record in results}
        async with client.messages.batches.results(ended_batch(3)) as results:
            lines = b"".join([block async for block in results.line_blocks()])
    found = records["half"]
    assert isinstance(found, Succeeded)
    assert list(found.message.content) == [
        UnknownBlock("text", b'{"type":"text","text":"\\ud83d"}')
    ]
    assert (len(records), lines) == (3, body)


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


async def test_a_line_of_megabytes_is_one_record(network: Network) -> None:
    long = line("long", text="x" * 3_000_000)
    pieces = [long[start : start + 10_000] for start in range(0, len(long), 10_000)]
    network.put(ScriptedPeer([CHUNKED + chunks(*pieces) + END]))
    async with network.client() as client:
        assert await read_ids(client, ended_batch(1)) == ["long"]


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
