"""Creates whose replies are lost, and runs that end before they are settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from tests.trio_batches.jobs.submissions import Desk, creates, requests
from trio_batches.simulator import Answer, Fault, Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network
    from trio_batches.types import MessageBatch

LOST = Fault(operation="create", drop_reply=True)
NOT_MADE = Fault(operation="create", answer=Answer(status=500))


def world_of(*faults: Fault, listing_delay: float = 0, batch_seconds: float = 1e6) -> World:
    return World(
        scenario=Scenario(
            faults=faults,
            listing_delay=listing_delay,
            batch_seconds=batch_seconds,
            read_timeout=1e7,
        )
    )


def times(world: World, operation: str) -> list[float]:
    return [record.time for record in world.requests if record.operation == operation]


async def states(desk: Desk) -> list[str]:
    return [intent.state for intent in await desk.intents()]


async def interrupted(desk: Desk, world: World, seconds: float = 5) -> None:
    """Submit two requests, and be cancelled while their batch is looked for."""
    with trio.move_on_after(seconds):
        await desk.submit(requests(2))
    assert creates(world) == 1
    assert await states(desk) == ["ambiguous"]


async def interrupted_before_listing(desk: Desk, world: World) -> None:
    """Be cancelled right after the reply was lost."""
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(desk.submit, requests(2))
            while creates(world) == 0:
                await trio.lowlevel.checkpoint()
            scope.cancel()


async def foreign_create(network: Network, prefix: str = "x") -> MessageBatch:
    """Let another program create a batch of two requests."""
    async with network.client() as client:
        return await client.messages.batches.create(requests(2, prefix))
