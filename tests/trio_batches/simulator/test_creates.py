from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import trio

from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Answer, Visitor

BATCHES = "/v1/messages/batches"


def request(custom_id: object, **params: object) -> dict[str, Any]:
    given = {
        "model": "claude-haiku-5-5",
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "Hello"}],
    }
    kept = {name: value for name, value in (given | params).items() if value is not None}
    return {"custom_id": custom_id, "params": kept}


ENVELOPES: list[tuple[object, str]] = [
    ({"requests": []}, "requests: List should have at least 1 item after validation, not 0"),
    ({}, "requests: Field required"),
    ({"requests": 3}, "requests: Input should be a valid list"),
    ([], "Input should be a valid dictionary"),
    ({"requests": [request("a")], "x": 1}, "x: Extra inputs are not permitted"),
    ({"requests": [request("a") | {"x": 1}]}, "requests.0.x: Extra inputs are not permitted"),
    ({"requests": [{"custom_id": "a"}]}, "requests.0.params: Field required"),
    ({"requests": [{"params": {}}]}, "requests.0.custom_id: Field required"),
    (
        {"requests": [request("a"), request(7)]},
        "requests.1.custom_id: Input should be a valid string",
    ),
    (
        {"requests": [request("a" * 65)]},
        "requests.0.custom_id: String should have at most 64 characters",
    ),
    (
        {"requests": [request("")]},
        "requests.0.custom_id: String should have at least 1 character",
    ),
    (
        {"requests": [request("a b")]},
        "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
    ),
    (
        {"requests": [request("a\n")]},
        "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
    ),
    (
        {"requests": [request("a"), request("b"), request("a")]},
        "requests.2.custom_id: duplicate custom_id 'a'",
    ),
    (
        {"requests": [request("a")] * 100_001},
        "requests: List should have at most 100000 items after validation, not 100001",
    ),
    (b'{"requests": [', "The request body is not valid JSON: "),
    (b"", "The request body is not valid JSON: "),
    (b'{"requests": [{"custom_id": "\xff"}]}', "The request body is not valid JSON: "),
    (
        b'{"requests": [{"custom_id": "a", "params": {"model": "\xff"}}]}',
        "The request body is not valid JSON: ",
    ),
    (
        b'{"requests": [{"custom_id": "a", "params": ' + b"[" * 10**5 + b"]" * 10**5 + b"}]}",
        "The request body is not valid JSON: ",
    ),
]


PARAMS: list[tuple[dict[str, object], str]] = [
    ({"max_tokens": None}, "max_tokens: Field required"),
    ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
    ({"max_tokens": "1"}, "max_tokens: Input should be a valid integer"),
    ({"model": 5}, "model: Input should be a valid string"),
    ({"messages": []}, "messages: at least one message is required"),
    ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
    ({"stream": True}, "stream: Streaming is not supported in batches"),
    ({"stream": 1}, "stream: Input should be a valid boolean"),
    ({"speed": "fast"}, "speed: Fast mode is not supported in batches"),
    ({"betas": ["x"]}, "betas: Extra inputs are not permitted"),
    ({"messages": [{"role": "x", "content": ""}]}, "messages.0.role: Invalid enum value 'x'"),
    ({"temperature": 1}, "temperature: Extra inputs are not permitted"),
    (
        {"messages": [{"role": "assistant", "content": [{"type": "document"}]}]},
        "messages.0.content.0: document blocks are for user messages",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "citations": [{}]}]}]},
        "messages.0.content.0.citations: Extra inputs are not permitted",
    ),
]


async def results_of(visitor: Visitor, world: World, created: Answer) -> dict[str, Any]:
    await trio.sleep(world.scenario.batch_seconds)
    answer = await visitor.results(world, created.json["id"])
    records = [msgspec.json.decode(line) for line in answer.lines]
    return {record["custom_id"]: record["result"] for record in records}


async def test_a_create_becomes_a_batch_with_those_results(visitor: Visitor) -> None:
    world = World()
    created = await visitor.create(world, {"requests": [request("a"), request("b_-9")]})
    assert created.status == 200
    assert created.json["processing_status"] == "in_progress"
    assert created.json["request_counts"]["processing"] == 2
    assert "retry-after" not in created.headers
    results = await results_of(visitor, world, created)
    assert results.keys() == {"a", "b_-9"}
    assert {result["message"]["model"] for result in results.values()} == {"claude-haiku-5-5"}


@pytest.mark.parametrize(
    ("body", "message"),
    ENVELOPES,
    ids=range(len(ENVELOPES)),
)
async def test_a_wrong_envelope_is_refused_at_once(
    visitor: Visitor, body: object, message: str
) -> None:
    world = World()
    answer = await visitor.create(world, body)
    assert answer.status == 400
    assert answer.json["type"] == "error"
    assert answer.json["error"]["type"] == "invalid_request_error"
    assert answer.message.startswith(message)
    assert len(world) == 0


@pytest.mark.parametrize(
    ("params", "message"),
    PARAMS,
)
async def test_wrong_params_fail_in_the_results_only(
    visitor: Visitor, params: dict[str, Any], message: str
) -> None:
    world = World(scenario=Scenario(errored=0.25, expired=0.25))
    created = await visitor.create(
        world, {"requests": [request("bad", **params), *map(request, "abcdefg")]}
    )
    assert created.status == 200
    results = await results_of(visitor, world, created)
    assert results["bad"]["error"]["error"] == {"type": "invalid_request_error", "message": message}
    ended = (await visitor.get(world, f"{BATCHES}/{created.json['id']}")).json
    counted = {k: n for k, n in ended["request_counts"].items() if n}
    assert Counter(result["type"] for result in results.values()) == counted
    assert sum(counted.values()) == 8


async def test_an_unknown_model_is_not_found(visitor: Visitor) -> None:
    world = World()
    params = {"model": "gpt", "messages": [{"role": "user", "content": [{"type": "text"}]}]}
    created = await visitor.create(world, {"requests": [request("a", **params)]})
    error = (await results_of(visitor, world, created))["a"]["error"]["error"]
    assert error == {"type": "not_found_error", "message": "model: gpt"}


async def test_an_old_version_takes_what_the_new_one_refuses(visitor: Visitor) -> None:
    world = World()
    body = {"requests": [request("a", temperature=1.0)]}
    created = await visitor.create(world, body, version="2023-06-01")
    assert (await results_of(visitor, world, created))["a"]["type"] == "succeeded"


async def test_a_body_above_the_limit_is_refused(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trio_batches.simulator.conversation.MAX_BODY_BYTES", 100_000)
    world = World()
    body = b'{"requests": []}' + b" " * 200_000
    declared = await visitor.create(world, body)
    waiting = await visitor.ask(
        world, "POST", BATCHES, headers={"expect": "100-continue"}, body=body
    )
    headers = {"content-length": "", "transfer-encoding": "chunked"}
    chunked = await visitor.ask(world, "POST", BATCHES, headers=headers, body=body)
    for answer in (declared, waiting, chunked):
        assert answer.status == 413
        assert answer.json["error"]["type"] == "request_too_large"
    assert world.requests[0].body_bytes == 0


async def test_a_client_that_waits_is_told_to_go_on(visitor: Visitor) -> None:
    world = World()
    body = msgspec.json.encode({"requests": [request("a")]})
    answer = await visitor.ask(
        world, "POST", BATCHES, headers={"expect": "100-continue"}, body=body
    )
    assert answer.status == 200


async def test_a_large_create_lets_others_have_their_turn(visitor: Visitor) -> None:
    world = World(scenario=Scenario(latency=0.0))
    body = {
        "requests": [
            request(f"r{n}", messages=[{"role": "user", "content": "x" * 50_000}])
            for n in range(200)
        ]
    }
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(count_turns)
        created = await visitor.create(world, body)
        nursery.cancel_scope.cancel()
    assert created.json["request_counts"]["processing"] == 200
    assert turns > 10


async def test_a_new_batch_can_take_time_to_appear(visitor: Visitor) -> None:
    world = World(scenario=Scenario(flicker=2, listing_delay=5))
    old = world.add_ended_batch(1)
    created = await visitor.create(world, {"requests": [request("a")]})
    target = f"{BATCHES}/{created.json['id']}"
    assert (await visitor.get(world, target)).status == 404
    assert (await visitor.get(world, BATCHES)).ids == [old]
    await trio.sleep(2)
    assert (await visitor.get(world, target)).status == 200
    assert (await visitor.get(world, BATCHES)).ids == [old]
    await trio.sleep(3)
    assert (await visitor.get(world, BATCHES)).ids == [created.json["id"], old]


async def test_the_spend_limit_has_no_retry_after(visitor: Visitor) -> None:
    world = World(scenario=Scenario(spend_limit=3))
    body = {"requests": [request("a"), request("b")]}
    assert (await visitor.create(world, body)).status == 200
    refused = await visitor.create(world, body)
    assert refused.status == 429
    assert refused.json["error"]["type"] == "rate_limit_error"
    assert refused.json["error"]["details"] == {"error_code": "enforced_spend_limit_reached"}
    assert "retry-after" not in refused.headers
    assert len(world) == 1
