from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trio

from trio_batches.errors import (
    AuthenticationError,
    InvalidIdError,
    NotFoundError,
    SpendLimitError,
    TransportError,
)
from trio_batches.jobs import usual_duration, watch
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store import KnownBatch

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network
    from trio_batches.client import Polled


class Seen:
    """Notes each change with its time."""

    def __init__(self) -> None:
        self.changes: list[tuple[str, str]] = []
        self.times: list[float] = []

    async def __call__(self, look: Polled) -> None:
        self.changes.append((look.batch.id, look.batch.processing_status))
        self.times.append(trio.current_time())


@pytest.fixture
def seen() -> Seen:
    return Seen()


def rounds(world: World) -> list[tuple[float, str]]:
    return [(record.time, record.operation) for record in world.requests]


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)


async def test_a_few_batches_are_asked_for_singly_at_the_services_pace(
    network: Network, seen: Seen
) -> None:
    world = network.serve()
    first = world.add_in_progress_batch(5, ends_in=15)
    second = world.add_ended_batch(5)
    async with network.client() as client:
        outcomes = await watch(client, [first, second, first], seen)
    assert list(outcomes) == [first, second]
    assert sorted(seen.changes[:2]) == sorted([(first, "in_progress"), (second, "ended")])
    assert seen.changes[2:] == [(first, "ended")]
    assert rounds(world) == [
        (0, "retrieve"),
        (0, "retrieve"),
        (10, "retrieve"),
        (20, "retrieve"),
    ]


async def test_many_batches_are_covered_by_pages_of_the_list(network: Network, seen: Seen) -> None:
    world = network.serve()
    ids = [world.add_in_progress_batch(5, ends_in=15) for _ in range(40)]
    async with network.client() as client:
        outcomes = await watch(client, ids, seen)
    assert len(outcomes) == 40
    assert rounds(world) == [
        (0, "list"),
        (0, "retrieve"),
        (10, "list"),
        (10, "retrieve"),
        (20, "list"),
    ]


async def test_old_batches_are_found_on_later_pages(network: Network, seen: Seen) -> None:
    world = network.serve()
    old = [world.add_in_progress_batch(5, age=9_000 + n, ends_in=15) for n in range(20)]
    for number in range(2_500):
        world.add_ended_batch(1, age=3600 + number)
    async with network.client() as client:
        await watch(client, old, seen)
    kinds = [operation for _, operation in rounds(world)]
    assert kinds == ["list"] * 3 + ["retrieve"] + ["list"] * 3 + ["retrieve"] + ["list"] * 3


async def test_a_few_lone_batches_far_down_are_not_worth_a_page(
    network: Network, seen: Seen
) -> None:
    world = network.serve()
    ids = [world.add_ended_batch(5, age=900_000 + n) for n in range(2)]
    ids += [world.add_ended_batch(5, age=600) for _ in range(3)]
    for number in range(1_200):
        world.add_ended_batch(1, age=3600 + number)
    async with network.client() as client:
        await watch(client, ids, seen)
    assert [operation for _, operation in rounds(world)] == ["list", "retrieve", "retrieve"]


async def test_what_does_not_exist_is_said_at_once(network: Network, seen: Seen) -> None:
    world = network.serve()
    there = world.add_ended_batch(5)
    async with network.client() as client:
        outcomes = await watch(client, ["msgbatch_no", "../x", there], seen)
    assert isinstance(outcomes["msgbatch_no"], NotFoundError)
    assert isinstance(outcomes["../x"], InvalidIdError)
    assert seen.changes == [(there, "ended")]


async def test_a_batch_that_is_known_to_exist_is_waited_for(
    network: Network, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(scenario=Scenario(flicker=25, batch_seconds=31))
    network.serve(world=world)
    async with network.client() as other:
        batch = await other.messages.batches.create(
            [
                {
                    "custom_id": "a",
                    "params": {
                        "model": "m",
                        "max_tokens": 1,
                        "messages": [{"role": "user", "content": "x"}],
                    },
                }
            ]
        )
    async with network.client() as client:
        outcomes = await watch(client, [batch.id], seen, expected=[batch.id])
        assert seen.times == [30, 40]
        (said,) = caplog.messages
        assert said.endswith("; it is waited for, up to 10 minutes")
        assert list(outcomes) == [batch.id]
        gone = await watch(client, ["msgbatch_no"], seen, expected=["msgbatch_no"])
    assert isinstance(gone["msgbatch_no"], NotFoundError)
    assert trio.current_time() == 640


async def test_an_outage_is_waited_out(network: Network, seen: Seen) -> None:
    down = Fault(nth=2, times=20, drop_reply=True)
    world = network.serve(world=World(scenario=Scenario(faults=(down,))))
    batch = world.add_in_progress_batch(5, ends_in=100)
    async with network.client() as client:
        await watch(client, [batch], seen)
    assert seen.changes == [(batch, "in_progress"), (batch, "ended")]


async def test_an_outage_of_more_than_an_hour_ends_it(network: Network, seen: Seen) -> None:
    async with network.client() as client:
        with pytest.raises(TransportError):
            await watch(client, ["msgbatch_1"], seen)
    assert 3600 < trio.current_time() < 3700


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=401), AuthenticationError),
        (Answer(status=429, error_code="enforced_spend_limit_reached"), SpendLimitError),
    ],
)
async def test_a_refusal_that_waiting_does_not_cure_is_raised(
    network: Network, seen: Seen, answer: Answer, error: type[Exception]
) -> None:
    network.serve(Fault(answer=answer, times=None))
    async with network.client() as client:
        with pytest.raises(error):
            await watch(client, ["msgbatch_1"], seen)


async def test_nothing_to_watch_asks_nothing(network: Network, seen: Seen) -> None:
    async with network.client() as client:
        assert await watch(client, [], seen) == {}


def known(requests: int, minutes: float | None) -> KnownBatch:
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return KnownBatch(
        id="x",
        status="ended",
        created_at=created,
        ended_at=None if minutes is None else created + timedelta(minutes=minutes),
        expires_at=created,
        archived_at=None,
        cancel_initiated_at=None,
        processing=0,
        succeeded=requests,
        errored=0,
        canceled=0,
        expired=0,
        seen_at=created,
        gone_at=None,
        verified_at=None,
        label=None,
        note=None,
    )


@pytest.mark.parametrize(
    ("history", "minutes"),
    [
        ([(100, 10), (300, 20), (33, 1), (34, 90), (301, 1), (100, None)], 20),
        ([(100, 10), (100, 20), (100, 40), (100, 90)], 30),
        ([(100, 10), (100, 20), (1000, 40)], None),
        ([], None),
    ],
)
def test_a_usual_duration_is_the_median_of_three_or_more_of_that_size(
    history: list[tuple[int, float | None]], minutes: float | None
) -> None:
    found = usual_duration([known(*one) for one in history], 100)
    assert found == (None if minutes is None else timedelta(minutes=minutes))
