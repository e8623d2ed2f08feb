from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import trio

from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.simulator.conftest import Visitor

BATCHES = "/v1/messages/batches"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEYS = [
    "id",
    "type",
    "processing_status",
    "request_counts",
    "ended_at",
    "created_at",
    "expires_at",
    "archived_at",
    "cancel_initiated_at",
    "results_url",
]


def counts(**given: int) -> dict[str, int]:
    names = ("processing", "succeeded", "errored", "canceled", "expired")
    return {name: given.get(name, 0) for name in names}


async def test_an_ended_batch_looks_like_the_services(visitor: Visitor) -> None:
    world = World(start=START)
    batch_id = world.add_ended_batch(10, errored=2, canceled=1, expired=3, age=7200, duration=60)
    batch = (await visitor.get(world, f"{BATCHES}/{batch_id}")).json
    assert list(batch) == KEYS
    assert batch["type"] == "message_batch"
    assert batch["processing_status"] == "ended"
    assert batch["request_counts"] == counts(succeeded=4, errored=2, canceled=1, expired=3)
    assert batch["created_at"] == "2026-11-20T10:00:00.000000+00:00"
    assert batch["ended_at"] == "2026-11-20T10:01:00.000000+00:00"
    assert batch["expires_at"] == "2026-11-21T10:00:00.000000+00:00"
    assert batch["cancel_initiated_at"] == "2026-11-20T10:00:59.000000+00:00"
    assert batch["archived_at"] is None
    assert batch["results_url"] == f"http://api.test{BATCHES}/{batch_id}/results"


async def test_a_batch_shows_no_progress_until_it_ends(visitor: Visitor) -> None:
    world = World(start=START)
    batch_id = world.add_in_progress_batch(10, errored=1, ends_in=30)
    target = f"{BATCHES}/{batch_id}"
    running = await visitor.get(world, target)
    await trio.sleep(29)
    still = await visitor.get(world, target)
    await trio.sleep(1)
    ended = await visitor.get(world, target)
    assert running.json == still.json
    assert running.json["request_counts"] == counts(processing=10)
    assert running.headers["retry-after"] == "10"
    assert ended.json["processing_status"] == "ended"
    assert ended.json["request_counts"] == counts(succeeded=9, errored=1)
    assert ended.json["ended_at"] == "2026-11-20T12:00:30.000000+00:00"
    assert "retry-after" not in ended.headers


async def test_a_cancelled_batch_keeps_what_was_done(visitor: Visitor) -> None:
    world = World(start=START, scenario=Scenario(cancel_seconds=5))
    batch_id = world.add_in_progress_batch(100, errored=20, age=0, ends_in=40)
    await visitor.get(world, BATCHES)
    await trio.sleep(10)
    target = f"{BATCHES}/{batch_id}"
    canceling = await visitor.ask(world, "POST", f"{target}/cancel")
    again = await visitor.ask(world, "POST", f"{target}/cancel")
    assert canceling.json == again.json
    assert canceling.json["processing_status"] == "canceling"
    assert canceling.json["cancel_initiated_at"] == "2026-11-20T12:00:10.000000+00:00"
    assert canceling.json["request_counts"] == counts(processing=100)
    await trio.sleep(5)
    ended = (await visitor.get(world, target)).json
    assert ended["request_counts"] == counts(succeeded=20, errored=5, canceled=75)
    too_late = await visitor.ask(world, "POST", f"{target}/cancel")
    assert (too_late.status, too_late.json["error"]["type"]) == (400, "invalid_request_error")


async def test_a_batch_that_takes_too_long_expires(visitor: Visitor) -> None:
    world = World(start=START)
    batch_id = world.add_in_progress_batch(100, age=0)
    await visitor.get(world, BATCHES)
    await trio.sleep(24 * 3600)
    batch = (await visitor.get(world, f"{BATCHES}/{batch_id}")).json
    assert batch["processing_status"] == "ended"
    assert batch["ended_at"] == batch["expires_at"]
    assert batch["request_counts"] == counts(succeeded=25, expired=75)


async def test_results_are_gone_after_twenty_nine_days(visitor: Visitor) -> None:
    world = World(start=START)
    batch_id = world.add_archived_batch(3)
    batch = (await visitor.get(world, f"{BATCHES}/{batch_id}")).json
    results = await visitor.results(world, batch_id)
    assert batch["processing_status"] == "ended"
    assert batch["archived_at"] == "2026-11-20T11:00:00.000000+00:00"
    assert batch["results_url"] is None
    assert results.status == 404


async def test_batches_of_every_kind_can_be_added(visitor: Visitor) -> None:
    world = World()
    expired, canceling = world.add_expired_batch(10, expired=4), world.add_canceling_batch(10)
    listed = {b["id"]: b for b in (await visitor.get(world, BATCHES)).json["data"]}
    assert listed[expired]["request_counts"] == counts(succeeded=6, expired=4)
    assert listed[canceling]["processing_status"] == "canceling"
    await trio.sleep(5)
    ended = (await visitor.get(world, f"{BATCHES}/{canceling}")).json
    assert ended["request_counts"] == counts(succeeded=5, canceled=5)
    assert len(world) == 2


async def test_a_populated_world_has_batches_of_all_kinds(visitor: Visitor) -> None:
    world = World(seed=4)
    ids = world.populate(200)
    batches = (await visitor.get(world, f"{BATCHES}?limit=1000")).json["data"]
    assert [batch["id"] for batch in batches] == ids == world.batch_ids
    assert {batch["processing_status"] for batch in batches} == {
        "in_progress",
        "canceling",
        "ended",
    }
    assert any(batch["archived_at"] for batch in batches)
    for kind in ("succeeded", "errored", "canceled", "expired"):
        assert any(batch["request_counts"][kind] for batch in batches)
    await trio.sleep(300)
    later = (await visitor.get(world, f"{BATCHES}?limit=1000")).json["data"]
    assert {batch["processing_status"] for batch in later} == {"ended"}


async def test_time_stands_still_in_a_frozen_world(visitor: Visitor) -> None:
    world = World(frozen=True)
    batch_id = world.add_in_progress_batch(10, ends_in=30)
    await visitor.get(world, BATCHES)
    await trio.sleep(100)
    assert (await visitor.get(world, f"{BATCHES}/{batch_id}")).json["ended_at"] is None
    world.clock.advance(30)
    assert (await visitor.get(world, f"{BATCHES}/{batch_id}")).json["ended_at"] is not None


def test_a_world_goes_on_where_its_last_run_of_trio_stopped() -> None:
    world = World(start=START)

    async def serve(seconds: float) -> None:
        world.clock.start()
        await trio.sleep(seconds)
        world.clock.now()

    for _ in range(2):
        trio.run(serve, 50.0, clock=trio.testing.MockClock(autojump_threshold=0))
    assert world.clock.elapsed() == pytest.approx(100)


def test_the_same_seed_gives_the_same_world() -> None:
    def build(seed: int) -> list[bytes]:
        world = World(seed=seed, start=START)
        batch_id = world.add_ended_batch(50, errored=5, expired=1)
        return [batch_id.encode(), *world.result_lines(batch_id)]

    assert build(1) == build(1)
    assert build(1) != build(2)


def test_results_of_an_unknown_batch_cannot_be_foretold() -> None:
    with pytest.raises(KeyError):
        World().result_lines("msgbatch_nobody")


async def test_a_running_batch_cannot_be_deleted(visitor: Visitor) -> None:
    world = World()
    batch_id = world.add_in_progress_batch(1)
    answer = await visitor.ask(world, "DELETE", f"{BATCHES}/{batch_id}")
    assert (answer.status, answer.json["error"]["type"]) == (400, "invalid_request_error")
    assert world.batch_ids == [batch_id]


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({"authorization": ""}, 401, "x-api-key header is required"),
        ({"authorization": "Basic a2V5"}, 401, "x-api-key header is required"),
        ({"authorization": "Bearer wrong"}, 401, "invalid x-api-key"),
        ({"authorization": "", "x_api_key": "wrong"}, 401, "invalid x-api-key"),
        ({"anthropic_version": ""}, 400, "anthropic-version: header is required"),
        ({"anthropic_version": "1"}, 400, 'anthropic-version: "1" is not a valid version'),
        ({"authorization": "", "x_api_key": "k"}, 200, ""),
        ({}, 200, ""),
    ],
)
async def test_key_and_version_are_required(
    visitor: Visitor, headers: dict[str, str], status: int, message: str
) -> None:
    answer = await visitor.get(World(api_key="k"), BATCHES, **headers)
    assert answer.status == status
    assert status == 200 or answer.message == message


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", f"{BATCHES}/msgbatch_nobody", 404),
        ("GET", f"{BATCHES}/msgbatch_nobody/results", 404),
        ("POST", f"{BATCHES}/msgbatch_nobody/cancel", 404),
        ("DELETE", f"{BATCHES}/msgbatch_nobody", 404),
        ("GET", "/v2/nothing", 404),
        ("PATCH", BATCHES, 405),
        ("HEAD", BATCHES, 405),
    ],
)
async def test_what_does_not_exist_is_refused(
    visitor: Visitor, method: str, target: str, status: int
) -> None:
    answer = await visitor.ask(World(), method, target)
    assert answer.status == status
    assert answer.whole


async def test_a_world_logs_requests_without_their_secrets(visitor: Visitor) -> None:
    world = World(log_limit=2)
    for limit in range(1, 6):
        await visitor.get(world, f"{BATCHES}?limit={limit}", x_extra="1", cookie="secret")
    await visitor.get(world, BATCHES, authorization="", x_api_key="k")
    assert [record.query.get("limit") for record in world.requests] == ["3", "4", "5", None]
    first, last = world.requests[0], world.requests[-1]
    assert (first.operation, first.method, first.path) == ("list", "GET", BATCHES)
    assert (first.credential, last.credential) == ("bearer", "x-api-key")
    assert (first.status, first.finished) == (200, True)
    assert first.headers["x-extra"] == "1"
    assert not first.headers.keys() & {"authorization", "cookie", "x-api-key"}
