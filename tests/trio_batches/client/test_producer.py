# ruff: noqa: PT012  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from trio_batches.client.producer import open_producer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from trio_batches.client.producer import Send


def count_to(
    number: int, *, then: Exception | None = None, made: list[int] | None = None
) -> Callable[[Send[int]], Awaitable[None]]:
    async def produce(send: Send[int]) -> None:
        for item in range(number):
            if made is not None:
                made.append(item)
            await send(item)
        if then is not None:
            raise then

    return produce


async def test_items_come_in_order_then_the_end() -> None:
    async with open_producer(count_to(3), ahead=1) as receiver:
        assert [await receiver.receive() for _ in range(3)] == [0, 1, 2]
        assert await receiver.receive_or_none() is None
        with pytest.raises(trio.EndOfChannel):
            await receiver.receive()


async def test_a_failure_is_raised_after_the_items_before_it() -> None:
    failure = ValueError("no more")
    async with open_producer(count_to(2, then=failure), ahead=1) as receiver:
        assert await receiver.receive() == 0
        assert await receiver.receive() == 1
        with pytest.raises(ValueError, match="no more") as caught:
            await receiver.receive()
        assert caught.value is failure
        assert await receiver.receive_or_none() is None


@pytest.mark.parametrize("ahead", [1, 2, 5])
async def test_exactly_so_many_items_are_made_ahead(ahead: int) -> None:
    made: list[int] = []
    async with open_producer(count_to(10, made=made), ahead=ahead) as receiver:
        await wait_all_tasks_blocked()
        assert len(made) == ahead
        await receiver.receive()
        await wait_all_tasks_blocked()
        assert len(made) == ahead + 1


async def test_leaving_early_cancels_the_producer_and_waits_for_it() -> None:
    ended: list[float] = []

    async def produce(send: Send[int]) -> None:
        await send(1)
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(2)
            ended.append(trio.current_time())

    async with open_producer(produce, ahead=1) as receiver:
        await receiver.receive()
        await wait_all_tasks_blocked()
    assert ended == [trio.current_time()] == [2]


async def test_an_exception_of_the_block_leaves_it_as_it_is() -> None:
    error = ValueError("mine")
    context = KeyError("before")
    error.__context__ = context
    with pytest.raises(ValueError, match="mine") as caught:
        async with open_producer(count_to(10), ahead=1) as receiver:
            await receiver.receive()
            raise error
    assert caught.value is error
    assert error.__context__ is context
    assert error.__cause__ is None


async def test_an_exception_group_of_the_block_is_not_taken_apart() -> None:
    error = ExceptionGroup("mine", [ValueError("one"), TypeError("two")])
    with pytest.RaisesGroup(ValueError, TypeError) as caught:
        async with open_producer(count_to(10), ahead=1):
            raise error
    assert caught.value.message == "mine"


async def test_a_failing_producer_does_not_hide_the_exception_of_the_block() -> None:
    with pytest.raises(ValueError, match="mine"):
        async with open_producer(count_to(0, then=OSError("its")), ahead=1):
            await wait_all_tasks_blocked()
            raise ValueError("mine")


async def test_a_failing_clean_up_of_the_producer_joins_the_exception_of_the_block() -> None:
    async def produce(_send: Send[int]) -> None:
        try:
            await trio.sleep_forever()
        finally:
            raise KeyboardInterrupt

    with pytest.RaisesGroup(ValueError, KeyboardInterrupt):
        async with open_producer(produce, ahead=1):
            await wait_all_tasks_blocked()
            raise ValueError("mine")


async def test_an_interrupt_in_the_producer_comes_out_bare() -> None:
    async def produce(_send: Send[int]) -> None:
        await trio.lowlevel.checkpoint()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        async with open_producer(produce, ahead=1) as receiver:
            await receiver.receive()


async def test_a_cancelled_block_raises_one_bare_cancelled() -> None:
    with trio.CancelScope() as scope:
        scope.cancel()
        with pytest.raises(trio.Cancelled) as caught:
            async with open_producer(count_to(10), ahead=1):
                await trio.sleep_forever()
        raise caught.value
    assert scope.cancelled_caught


async def test_a_cancelled_block_with_a_nursery_of_its_own_raises_one_bare_cancelled() -> None:
    with trio.CancelScope() as scope:
        with pytest.raises(trio.Cancelled) as caught:
            async with open_producer(count_to(0), ahead=1), trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep_forever)
                nursery.start_soon(trio.sleep_forever)
                await wait_all_tasks_blocked()
                scope.cancel()
        raise caught.value
    assert scope.cancelled_caught


async def test_a_cancelled_block_that_raises_something_raises_only_that() -> None:
    with trio.CancelScope() as scope, pytest.raises(ValueError, match="mine"):
        async with open_producer(count_to(10), ahead=1):
            scope.cancel()
            raise ValueError("mine")


async def test_after_the_block_nothing_is_received_and_no_end_is_pretended() -> None:
    async with open_producer(count_to(10), ahead=5) as receiver:
        assert await receiver.receive() == 0
    with pytest.raises(trio.ClosedResourceError):
        await receiver.receive()
    with pytest.raises(trio.ClosedResourceError):
        await receiver.receive_or_none()


async def test_a_producer_that_was_cancelled_does_not_look_like_one_that_has_finished() -> None:
    with trio.CancelScope() as scope:
        async with open_producer(count_to(10), ahead=1) as receiver:
            with trio.CancelScope(shield=True):
                assert await receiver.receive() == 0
                scope.cancel()
                await wait_all_tasks_blocked()
                with pytest.raises(trio.BrokenResourceError):
                    for _ in range(10):
                        await receiver.receive()
    assert scope.cancelled_caught
