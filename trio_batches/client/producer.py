"""One task that produces, behind a context manager, its nursery hidden.

Whatever must not yield from inside a nursery or leave an HTTP body half-read
goes through `open_producer`: the work runs in a task of its own, and the caller
holds only the end of a channel.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar, final

import trio
from outcome import Error, Outcome, Value

from trio_batches.transport.nursery import open_hidden_nursery

__all__ = ("Receiver", "Send", "open_producer")

T = TypeVar("T")

Send = Callable[[T], Awaitable[None]]
"""Hands one item to the receiver, waiting while the receiver is behind."""


@final
class Receiver(Generic[T]):
    """The items of a producer, in its order, then its outcome."""

    def __init__(self, channel: trio.MemoryReceiveChannel[Outcome[T]]) -> None:
        self._channel = channel
        self.finished = False

    async def receive(self) -> T:
        """Return the next item.

        A failure of the producer is raised by the call that would have returned
        its next item: what it produced before is never lost.

        Raises:
            trio.EndOfChannel: The producer has finished.
            trio.BrokenResourceError: The producer was cancelled: this is not the end.
            trio.ClosedResourceError: The block of the producer has been left.
        """
        try:
            return (await self._channel.receive()).unwrap()
        except trio.EndOfChannel:
            if self.finished:
                raise
        await trio.lowlevel.checkpoint()  # who is cancelled too, hears of that
        raise trio.BrokenResourceError("the producer was cancelled before its end")

    async def receive_or_none(self) -> T | None:
        """Return the next item, None when the producer has finished."""
        try:
            return await self.receive()
        except trio.EndOfChannel:
            return None


@asynccontextmanager
async def open_producer(
    produce: Callable[[Send[T]], Awaitable[None]], *, ahead: int
) -> AsyncGenerator[Receiver[T]]:
    """Run `produce(send)` in a task for as long as the block lasts.

    Leaving the block cancels the producer and waits until it has cleaned up.
    An exception of the block leaves it as it is, never wrapped in a group.

    Args:
        produce: Awaits `send(item)` for each item.
        ahead: How many items may wait for the receiver, at least 1: one in the
            producer's hand, the others in the channel.
    """
    sender, channel = trio.open_memory_channel[Outcome[T]](ahead - 1)
    receiver = Receiver(channel)

    async def send(item: T) -> None:
        await sender.send(Value(item))

    async def run() -> None:
        with sender:
            try:
                await produce(send)
            except Exception as exc:  # noqa: BLE001  # goes to the receiver
                failure = exc
            else:
                receiver.finished = True
                return
            await sender.send(Error(failure))
            receiver.finished = True

    with channel:
        # The producer lets no Exception out, so a lone one is the block's own.
        async with open_hidden_nursery() as nursery:
            nursery.start_soon(run)
            try:
                yield receiver
            finally:
                nursery.cancel_scope.cancel()
