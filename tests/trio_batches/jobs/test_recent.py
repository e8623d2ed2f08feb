"""Which batches may still run is told by the service's clock, page after page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from trio_batches.jobs import list_recent, listing
from trio_batches.simulator import World

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network

HOUR = 3600.0


@pytest.mark.parametrize("days", [-9, 0, 9])
async def test_a_day_before_the_newest_is_listed(
    network: Network, monkeypatch: pytest.MonkeyPatch, days: float
) -> None:
    monkeypatch.setattr(listing, "MAX_PAGE", 2)
    world = World(seed=5, start=datetime.now(UTC) + timedelta(days=days))
    ages = [100.0, 30.0, 27.9, 26.0, 5.0, 3.0]
    ids = [world.add_ended_batch(3, age=age * HOUR) for age in ages]
    running = world.add_in_progress_batch(3, age=25 * HOUR)
    network.serve(world=world)

    async with network.client() as client:
        listed = await list_recent(client)

    assert list(listed) == [ids[5], ids[4], running, ids[3], ids[2]]
    assert len(world.requests) == 3


async def test_where_nothing_is_nothing_is_recent(network: Network) -> None:
    network.serve(world=World(seed=5))
    async with network.client() as client:
        assert await list_recent(client) == {}
