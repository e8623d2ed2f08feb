from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Visitor

BATCHES = "/v1/messages/batches"


@pytest.fixture
def world() -> World:
    world = World(seed=1)
    for minutes in range(45):
        world.add_ended_batch(3, age=3600 + 60 * minutes)
    return world


async def test_a_page_has_twenty_batches_newest_first(visitor: Visitor, world: World) -> None:
    page = await visitor.get(world, BATCHES)
    assert page.ids == world.batch_ids[:20]
    assert page.json["has_more"] is True
    assert page.json["first_id"] == page.ids[0]
    assert page.json["last_id"] == page.ids[-1]


async def test_after_id_walks_to_the_oldest(visitor: Visitor, world: World) -> None:
    seen: list[str] = []
    cursor, more = "", True
    while more:
        page = await visitor.get(world, f"{BATCHES}?limit=10{cursor}")
        seen += page.ids
        cursor, more = f"&after_id={page.json['last_id']}", page.json["has_more"]
    assert seen == world.batch_ids


async def test_before_id_walks_to_the_newest(visitor: Visitor, world: World) -> None:
    ids = world.batch_ids
    seen: list[str] = []
    cursor, more = ids[-1], True
    while more:
        page = await visitor.get(world, f"{BATCHES}?limit=10&before_id={cursor}")
        seen = page.ids + seen
        cursor, more = page.json["first_id"], page.json["has_more"]
    assert seen == ids[:-1]


async def test_an_empty_world_has_an_empty_page(visitor: Visitor) -> None:
    page = await visitor.get(World(), BATCHES)
    assert page.json == {"data": [], "has_more": False, "first_id": None, "last_id": None}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("limit=1001", "limit: Input should be less than or equal to 1000"),
        ("limit=ten", "limit: Input should be a valid integer"),
        ("limit=", "limit: Input should be a valid integer"),
        ("after_id=a&before_id=b", "Only one of before_id and after_id"),
        ("after_id=nobody", "after_id: No object has the id 'nobody'"),
        ("before_id=nobody", "before_id: No object has the id 'nobody'"),
    ],
)
@pytest.mark.parametrize("path", [BATCHES, "/v1/models"])
async def test_a_wrong_query_is_refused(
    visitor: Visitor, world: World, path: str, query: str, message: str
) -> None:
    answer = await visitor.get(world, f"{path}?{query}")
    assert answer.status == 400
    assert answer.json["error"]["type"] == "invalid_request_error"
    assert answer.message.startswith(message)
    assert answer.json["request_id"] == answer.headers["request-id"]


async def test_an_empty_page_has_a_cursor_that_loses_nothing(visitor: Visitor) -> None:
    world = World(scenario=Scenario(empty_page_every=2))
    for _ in range(5):
        world.add_ended_batch(1)
    seen: list[str] = []
    target, more, empty = f"{BATCHES}?limit=2", True, 0
    while more:
        page = await visitor.get(world, target)
        seen += page.ids
        empty += not page.ids
        target = f"{BATCHES}?limit=2&after_id={page.json['last_id']}"
        more = page.json["has_more"]
    assert seen == world.batch_ids
    assert empty == 2


async def test_a_deleted_batch_is_no_cursor(visitor: Visitor, world: World) -> None:
    gone = world.batch_ids[5]
    deleted = await visitor.ask(world, "DELETE", f"{BATCHES}/{gone}")
    assert deleted.json == {"id": gone, "type": "message_batch_deleted"}
    assert gone not in world.batch_ids
    assert (await visitor.get(world, f"{BATCHES}?after_id={gone}")).status == 400
    assert (await visitor.get(world, f"{BATCHES}/{gone}")).status == 404


async def test_models_come_in_pages_of_both_directions(visitor: Visitor) -> None:
    world = World()
    everything = (await visitor.get(world, "/v1/models?limit=1000")).ids
    first = await visitor.get(world, "/v1/models?limit=7")
    second = await visitor.get(world, f"/v1/models?limit=1000&after_id={first.ids[-1]}")
    back = await visitor.get(world, f"/v1/models?limit=3&before_id={everything[5]}")
    assert first.ids + second.ids == everything
    assert (first.json["has_more"], second.json["has_more"]) == (True, False)
    assert back.ids == everything[2:5]
    assert back.json["has_more"] is True


async def test_a_model_tells_whether_it_can_be_batched(visitor: Visitor) -> None:
    world = World()
    model = (await visitor.get(world, "/v1/models/claude-sonnet-5-5")).json
    preview = (await visitor.get(world, "/v1/models/claude-mythos-preview")).json
    assert model["capabilities"]["batch"]["supported"] is True
    assert preview["capabilities"]["batch"]["supported"] is False
    unknown = await visitor.get(world, "/v1/models/gpt")
    assert (unknown.status, unknown.json["error"]["type"]) == (404, "not_found_error")
