"""Pages and the three uses of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, wait_all_tasks_blocked

from tests.trio_batches.client.list_pages import Pages, id_pages
from trio_batches.client.page import CursorPage, TokenPage
from trio_batches.errors import NotFoundError, TransportError
from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network


def world_of(batches: int, **settings: float) -> World:
    world = World(scenario=Scenario(latency=settings.get("latency", 0.0)))
    for age in range(batches):
        world.add_ended_batch(1, age=float(age + 1000))
    return world


async def test_the_first_page_is_what_is_awaited(network: Network) -> None:
    world = network.serve(world=world_of(5))
    async with network.client() as client:
        page = await client.messages.batches.list(limit=3)
        assert len(page) == len(page.data) == 3
        assert [batch.id for batch in page.data] == world.batch_ids[:3]
        assert page[1].id == world.batch_ids[1]
        assert (page.first_id, page.last_id) == (world.batch_ids[0], world.batch_ids[2])
        assert page.has_more
        assert page.has_next_page()
        assert page.next_page_info() == {"after_id": page.last_id}
        assert repr(page) == "<Page of 3, has_more=True>"
        assert msgspec.json.decode(page.raw_data[0])["id"] == page[0].id
        last = await page.get_next_page()
        assert [batch.id for batch in last.data] == world.batch_ids[3:]
        assert not last.has_next_page()
        assert last.next_page_info() is None
        with pytest.raises(ValueError, match="last page"):
            await last.get_next_page()
    assert [request.query for request in world.requests] == [
        {"limit": "3"},
        {"limit": "3", "after_id": page.last_id},
    ]


async def test_iterating_fetches_page_by_page_on_demand(network: Network) -> None:
    world = network.serve(world=world_of(5))
    async with network.client() as client:
        seen: list[str] = []
        async for batch in client.messages.batches.list(limit=2):
            seen.append(batch.id)
            assert len(world.requests) == (len(seen) + 1) // 2
        assert seen == world.batch_ids


async def test_iterating_over_a_page_goes_on_to_the_pages_after_it(network: Network) -> None:
    world = network.serve(world=world_of(5))
    async with network.client() as client:
        page = await client.messages.batches.list(limit=2)
        assert [batch.id async for batch in page] == world.batch_ids
    assert len(world.requests) == 3


async def test_a_block_fetches_ahead(network: Network) -> None:
    world = network.serve(world=world_of(5))
    async with network.client() as client, client.messages.batches.list(limit=2) as batches:
        assert [batch.id async for batch in batches] == world.batch_ids
    assert len(world.requests) == 3


async def test_the_other_direction_goes_from_page_to_page_towards_newer_ones(
    network: Network,
) -> None:
    world = network.serve(world=world_of(7))
    ids = world.batch_ids
    async with network.client() as client:
        listed = client.messages.batches.list(before_id=ids[-1], limit=2)
        page = await listed
        assert [batch.id for batch in page.data] == ids[4:6]
        assert page.next_page_info() == {"before_id": ids[4]}
        assert [batch.id async for batch in listed] == [*ids[4:6], *ids[2:4], *ids[:2]]


async def test_a_list_can_begin_after_a_batch(network: Network) -> None:
    world = network.serve(world=world_of(5))
    async with network.client() as client:
        listed = client.messages.batches.list(after_id=world.batch_ids[1], limit=2)
        assert [batch.id async for batch in listed] == world.batch_ids[2:]


async def test_models_are_listed_in_the_same_ways(network: Network) -> None:
    network.serve()
    async with network.client() as client:
        everything = [model.id async for model in client.models.list(limit=3)]
        async with client.models.list(limit=2) as models:
            assert [model.id async for model in models] == everything
        model = await client.models.retrieve(everything[0])
        assert model.id == everything[0]
        with pytest.raises(NotFoundError):
            await client.models.retrieve("claude-nowhere")


async def test_empty_pages_with_a_cursor_are_walked_past(network: Network) -> None:
    world = world_of(6)
    world.scenario = Scenario(empty_page_every=2)
    network.serve(world=world)
    async with network.client() as client, client.messages.batches.list(limit=2) as batches:
        assert [batch.id async for batch in batches] == world.batch_ids
    assert len(world.requests) > 3


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_limit_out_of_range_is_refused_at_once(network: Network, limit: int) -> None:
    client = network.client()
    with pytest.raises(ValueError, match=r"a page holds 1 to 1,000"):
        client.messages.batches.list(limit=limit)


async def test_both_ends_and_a_negative_prefetch_are_refused_at_once(network: Network) -> None:
    client = network.client()
    with pytest.raises(ValueError, match="not both"):
        client.messages.batches.list(after_id="a", before_id="b")
    with pytest.raises(ValueError, match="prefetch"):
        client.messages.batches.list(prefetch=-1)


@pytest.mark.parametrize("prefetch", [0, 1, 2, 4])
async def test_exactly_so_many_pages_are_fetched_ahead(prefetch: int) -> None:
    pages = Pages(*id_pages(range(20), 2))
    async with pages.list(prefetch=prefetch) as items:
        await wait_all_tasks_blocked()
        assert len(pages.queries) == prefetch
        for used in (1, 2, 3):
            await anext(items)
            await anext(items)
            await wait_all_tasks_blocked()
            assert len(pages.queries) == used + prefetch


@pytest.mark.parametrize("prefetch", [1, 2, 5])
async def test_fetching_overlaps_with_the_callers_work(prefetch: int) -> None:
    pages = Pages(*id_pages(range(20), 2), seconds=1)
    async with pages.list(prefetch=prefetch) as items:
        async for item in items:
            if item % 2 == 0:
                await trio.sleep(1)
    assert trio.current_time() == 11


async def test_fetching_on_demand_does_not_overlap() -> None:
    pages = Pages(*id_pages(range(20), 2), seconds=1)
    async for item in pages.list():
        if item % 2 == 0:
            await trio.sleep(1)
    assert trio.current_time() == 20


async def test_the_service_is_asked_while_the_caller_works(network: Network) -> None:
    network.serve(world=world_of(10, latency=1))
    async with (
        network.client() as client,
        client.messages.batches.list(limit=1, prefetch=1) as batches,
    ):
        async for _ in batches:
            await trio.sleep(1)
    assert trio.current_time() == 11


async def test_leaving_early_cancels_what_is_in_flight(network: Network) -> None:
    world = network.serve(world=world_of(10, latency=50))
    async with network.client() as client:
        async with client.messages.batches.list(limit=1) as batches:
            await anext(batches)
            await wait_all_tasks_blocked()
            assert len(world.requests) == 2
        assert trio.current_time() == 50
        await trio.sleep(1000)
        assert [request.finished for request in world.requests] == [True, False]
        assert network.open == 0


async def test_token_pages_are_walked_by_page_token() -> None:
    pages = Pages(
        {"data": [1], "has_more": True, "next_page": "t2"},
        {"data": [], "has_more": True, "next_page": "t3"},
        {"data": [2], "has_more": False, "next_page": "t4"},
    )
    page = await pages.list(TokenPage[int], {"limit": "1"})
    assert isinstance(page, TokenPage)
    assert page.next_page == "t2"
    assert [item async for item in page] == [1, 2]
    assert pages.queries == [
        {"limit": "1"},
        {"limit": "1", "page_token": "t2"},
        {"limit": "1", "page_token": "t3"},
    ]


async def test_cursor_pages_are_walked_by_page() -> None:
    pages = Pages({"data": [1], "next_page": "c2"}, {"data": [2], "next_page": None})
    page = await pages.list(CursorPage[int])
    assert isinstance(page, CursorPage)
    assert (page.has_more, page.next_page) == (True, "c2")
    last = await page.get_next_page()
    assert (last.data, last.has_next_page()) == ([2], False)
    assert pages.queries == [{}, {"page": "c2"}]


async def test_a_list_is_open_once_at_a_time_and_can_be_used_again() -> None:
    pages = Pages(*id_pages(range(2), 2), *id_pages(range(2), 2))
    listed = pages.list()
    async with listed as items:
        with pytest.raises(RuntimeError, match="open already"):
            await listed.__aenter__()
        assert [item async for item in items] == [0, 1]
    async with listed as items:
        assert [item async for item in items] == [0, 1]


@given(
    count=st.integers(0, 12),
    size=st.integers(1, 5),
    prefetch=st.integers(0, 4),
    stop=st.none() | st.integers(0, 14),
    fail_at=st.none() | st.integers(0, 6),
)
@settings(max_examples=200, deadline=None)
def test_the_caller_sees_a_prefix_and_then_one_bare_outcome(
    count: int, size: int, prefetch: int, stop: int | None, fail_at: int | None
) -> None:
    bodies: list[object] = list(id_pages(range(count), size))
    failure = TransportError("cut", phase="waiting")
    failing = fail_at is not None and fail_at < len(bodies)
    if failing:
        assert fail_at is not None
        bodies[fail_at:] = [failure]
        reachable = min(count, fail_at * size)
    else:
        reachable = count
    seen: list[int] = []
    outcomes: list[object] = []

    async def main() -> None:
        pages = Pages(*bodies, seconds=1)
        try:
            async with pages.list(prefetch=prefetch) as items:
                while stop is None or len(seen) < stop:
                    try:
                        seen.append(await anext(items))
                    except StopAsyncIteration:
                        outcomes.append("end")
                        break
                else:
                    outcomes.append("stopped")
        except Exception as error:  # noqa: BLE001  # what it is is looked at below
            outcomes.append(error)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    expected = reachable if stop is None else min(stop, reachable)
    assert seen == list(range(expected))
    if stop is not None and stop <= reachable:
        assert outcomes == ["stopped"]
    else:
        assert outcomes == [failure if failing else "end"]
