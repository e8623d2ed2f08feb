from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest

from trio_batches.simulator import Scenario, World
from trio_batches.simulator.bodies import BLOCK_BYTES, ResultBody

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Visitor

BATCHES = "/v1/messages/batches"


def custom_ids(lines: list[bytes]) -> list[str]:
    return [msgspec.json.decode(line)["custom_id"] for line in lines]


async def test_each_request_has_one_result_of_the_counted_type(visitor: Visitor) -> None:
    world = World(seed=3)
    batch_id = world.add_ended_batch(500, errored=40, canceled=30, expired=20)
    answer = await visitor.results(world, batch_id)
    results = [msgspec.json.decode(line) for line in answer.lines]
    assert {r["custom_id"] for r in results} == {f"request-{n:07d}" for n in range(500)}
    kinds = Counter(r["result"]["type"] for r in results)
    assert kinds == {"succeeded": 410, "errored": 40, "canceled": 30, "expired": 20}
    errors = {
        r["result"]["error"]["error"]["type"] for r in results if r["result"]["type"] == "errored"
    }
    assert len(errors) > 3


async def test_results_are_sent_as_the_service_does(visitor: Visitor) -> None:
    world = World()
    batch_id = world.add_ended_batch(3)
    target = f"{BATCHES}/{batch_id}/results"
    answer = await visitor.get(world, target, accept_encoding="gzip")
    assert answer.whole
    assert answer.headers["content-type"] == "application/x-jsonl"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="{batch_id}_results.jsonl"'
    )
    assert not answer.headers.keys() & {
        "content-length",
        "etag",
        "accept-ranges",
        "content-encoding",
    }
    assert world.requests[-1].sent_bytes == len(answer.body)


async def test_succeeded_messages_look_real(visitor: Visitor) -> None:
    world = World(seed=5)
    answer = await visitor.results(world, world.add_ended_batch(200, result_bytes=3000))
    messages = [msgspec.json.decode(line)["result"]["message"] for line in answer.lines]
    assert len({message["id"] for message in messages}) == 200
    assert {tuple(message) for message in messages} == {
        (
            "model",
            "id",
            "type",
            "role",
            "content",
            "stop_reason",
            "stop_sequence",
            "stop_details",
            "usage",
        )
    }
    assert {message["usage"]["service_tier"] for message in messages} == {"batch"}
    assert {block["type"] for message in messages for block in message["content"]} == {
        "text",
        "thinking",
        "tool_use",
    }
    assert {message["stop_reason"] for message in messages} == {
        "end_turn",
        "max_tokens",
        "stop_sequence",
        "tool_use",
    }
    for trap in ("\u2028", "🎉", "\\", '"', "\n", "\t"):
        assert trap in messages[0]["content"][0]["text"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_every_order_has_every_request_once(size: int) -> None:
    world = World(seed=size)
    batch = world.shelf.find(world.add_ended_batch(size, errored=size // 3, result_bytes=900))
    assert batch is not None
    body = ResultBody(batch, world.seed)
    expected = sorted(world.result_lines(batch.id))
    for order in ("shuffled", "stable", "submitted"):
        sent = b"".join(body.blocks(body.order(order)))
        assert sorted(sent.splitlines(keepends=True)) == expected


async def test_the_order_differs_between_downloads(visitor: Visitor) -> None:
    orders = [await _two_orders(visitor, Scenario()) for _ in range(2)]
    assert orders[0] == orders[1]
    assert orders[0][0] != orders[0][1]


async def test_the_order_can_stay(visitor: Visitor) -> None:
    first, second = await _two_orders(visitor, Scenario(result_order="stable"))
    assert first == second != sorted(first)
    first, second = await _two_orders(visitor, Scenario(result_order="submitted"))
    assert first == second == sorted(first)


async def _two_orders(visitor: Visitor, scenario: Scenario) -> tuple[list[str], list[str]]:
    world = World(seed=1, scenario=scenario)
    batch_id = world.add_ended_batch(100)
    first = await visitor.results(world, batch_id)
    second = await visitor.results(world, batch_id)
    assert sorted(first.lines) == sorted(second.lines) == sorted(world.result_lines(batch_id))
    return custom_ids(first.lines), custom_ids(second.lines)


async def test_the_last_newline_can_be_left_off(visitor: Visitor) -> None:
    world = World(scenario=Scenario(final_newline=False))
    batch_id = world.add_ended_batch(1000)
    answer = await visitor.results(world, batch_id)
    assert not answer.body.endswith(b"\n")
    assert sorted(answer.body.split(b"\n")) == [
        line[:-1] for line in sorted(world.result_lines(batch_id))
    ]


async def test_an_unfinished_batch_has_no_results(visitor: Visitor) -> None:
    world = World()
    batch_id = world.add_in_progress_batch(3)
    answer = await visitor.results(world, batch_id)
    assert answer.status == 404
    assert answer.headers["x-should-retry"] == "false"
    assert answer.json["error"] == {
        "type": "not_found_error",
        "message": f"Message Batch {batch_id} has no available results.",
    }


@pytest.mark.parametrize("result_bytes", [1500, 20_000, 1_000_000])
def test_lines_are_about_as_long_as_asked_for(result_bytes: int) -> None:
    world = World()
    batch_id = world.add_ended_batch(64, result_bytes=result_bytes)
    lengths = [len(line) for line in world.result_lines(batch_id)]
    assert sum(lengths) / 64 == pytest.approx(result_bytes, rel=0.15)
    assert min(lengths) > result_bytes * 0.4
    assert max(lengths) < result_bytes * 1.6


def test_blocks_are_generated_one_at_a_time() -> None:
    world = World()
    batch = world.shelf.find(world.add_ended_batch(10**9, result_bytes=2000))
    assert batch is not None
    body = ResultBody(batch, world.seed)
    blocks = body.blocks(body.order("shuffled"))
    some = [next(blocks) for _ in range(20)]
    assert all(0.5 * BLOCK_BYTES < len(block) < 1.5 * BLOCK_BYTES for block in some)
    assert all(one != two for one, two in pairwise(some))
