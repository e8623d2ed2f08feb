"""Services with batches to download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trio_batches.simulator import Fault, Scenario, World

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network
    from trio_batches.types import MessageBatch


def world_of(
    *sizes: int,
    faults: tuple[Fault, ...] = (),
    bandwidth: float | None = None,
    order: Literal["shuffled", "stable"] = "shuffled",
) -> World:
    scenario = Scenario(faults=faults, bandwidth=bandwidth, result_order=order)
    world = World(seed=7, scenario=scenario)
    for size in sizes:
        world.add_ended_batch(size, errored=size // 4, expired=size // 10, result_bytes=400)
    return world


async def listed(network: Network) -> list[MessageBatch]:
    async with network.client() as client, client.messages.batches.list() as batches:
        return [batch async for batch in batches]
