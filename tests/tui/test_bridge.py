"""Two event loops side by side."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack, suppress
from itertools import pairwise

import pytest
import trio

from tui.bridge import INTERVAL, Bridge
from tui.events import Event, Link


async def divide(number: float, by: float) -> float:
    await trio.lowlevel.checkpoint()
    return number / by


async def test_a_call_runs_under_trio_and_returns_its_value() -> None:
    async with Bridge(lambda _: None) as bridge:
        assert await bridge.call(divide, 6, 3) == 2


async def test_an_error_arrives_as_it_was_raised() -> None:
    async with Bridge(lambda _: None) as bridge:
        with pytest.raises(ZeroDivisionError):
            await bridge.call(divide, 6, 0)
        assert await bridge.call(divide, 6, 2) == 3


async def test_cancelling_a_call_cancels_it_there_and_lets_it_clean_up() -> None:
    began, cleaned = threading.Event(), threading.Event()

    async def work() -> None:
        try:
            began.set()
            await trio.sleep_forever()
        finally:
            cleaned.set()

    async with Bridge(lambda _: None) as bridge:
        call = asyncio.create_task(bridge.call(work))
        await asyncio.to_thread(began.wait)
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(cleaned.wait, 30)


async def test_leaving_the_block_ends_what_runs_and_waits_for_its_clean_up() -> None:
    began, cleaned = threading.Event(), threading.Event()

    async def work() -> None:
        try:
            began.set()
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 5):
                await trio.sleep(0.05)
            cleaned.set()

    async with Bridge(lambda _: None) as bridge:
        call = asyncio.create_task(bridge.call(work))
        await asyncio.to_thread(began.wait)

    assert cleaned.is_set()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_call_while_the_block_is_left_waits_for_its_end() -> None:
    began, released = threading.Event(), threading.Event()

    async def work() -> None:
        began.set()
        await trio.to_thread.run_sync(released.wait, 30)

    stack = AsyncExitStack()
    bridge = await stack.enter_async_context(Bridge(lambda _: None))
    busy = asyncio.create_task(bridge.call(work))
    await asyncio.to_thread(began.wait)
    leaving = asyncio.create_task(stack.aclose())
    await asyncio.sleep(0)
    late = asyncio.create_task(bridge.call(divide, 6, 3))
    await asyncio.sleep(0)
    released.set()
    await leaving

    assert not late.done()
    late.cancel()
    outcomes = await asyncio.gather(busy, late, return_exceptions=True)
    assert isinstance(outcomes[1], asyncio.CancelledError)


async def test_a_start_that_is_cancelled_leaves_no_thread() -> None:
    starting = asyncio.create_task(Bridge(lambda _: None).__aenter__())
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert "trio_batches" not in {thread.name for thread in threading.enumerate()}


async def test_of_many_events_the_latest_is_delivered_and_not_too_often() -> None:
    delivered: list[tuple[float, str]] = []
    arrived = asyncio.Event()

    def take(event: Event) -> None:
        assert isinstance(event, Link)
        delivered.append((asyncio.get_running_loop().time(), event.sentence))
        if event.sentence == "last":
            arrived.set()

    async def tell(bridge: Bridge) -> None:
        for number in range(2_000):
            bridge.publish(Link(state="online", sentence=str(number)))
            await trio.sleep(0.0002)
        bridge.publish(Link(state="online", sentence="last"))

    async with Bridge(take) as bridge:
        await bridge.call(tell, bridge)
        await arrived.wait()

    moments = [moment for moment, _ in delivered]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert len(delivered) > 1
    assert min(pauses) >= INTERVAL - 0.002  # the loop's clock is that coarse
    assert delivered[-1][1] == "last"


async def test_an_event_after_the_end_of_the_screens_loop_is_dropped() -> None:
    bridges: list[Bridge] = []

    async def leave() -> None:
        async with Bridge(lambda _: None) as bridge:
            bridges.append(bridge)

    await asyncio.to_thread(asyncio.run, leave())

    bridges[0].publish(Link(state="online"))
