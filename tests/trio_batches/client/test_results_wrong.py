"""Results that are not what was counted, or no results at all."""

# ruff: noqa: PERF401, PT012, SIM117  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
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
    IncompleteResultsError,
    ProtocolError,
)
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Edit, Fault, Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network


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
