from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from tests.trio_batches.jobs.places import asked, assert_whole
from trio_batches.jobs import DownloadProgress, download
from trio_batches.jobs.pace import LIMIT, START, WINDOW_SECONDS, Meter, Pace, Window, steer
from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


@dataclass
class Line:
    """A service and a line to it, as seen by one download after another.

    Attributes:
        each: Bytes a window that one download gets at most.
        all: Bytes a window that all of them get together at most.
        refuses_above: How many at a time the service puts up with.
    """

    each: int = 100
    all: int = 1_000_000
    refuses_above: int = 1000

    def window(self, running: int) -> Window:
        return Window(
            received=min(running * self.each, self.all), slowed=running > self.refuses_above
        )

    def run(self, windows: int) -> list[int]:
        """Return how many downloads ran in each window."""
        pace = Pace()
        limits: list[int] = []
        for _ in range(windows):
            limits.append(pace.limit)
            pace.after(self.window(pace.limit))
        return limits


def test_it_goes_up_by_one_a_window_until_the_limit() -> None:
    limits = Line().run(50)

    assert limits[:4] == [START, START + 1, START + 2, START + 3]
    assert limits[-20:] == [LIMIT] * 20


def test_it_stays_where_more_downloads_bring_no_more() -> None:
    limits = Line(all=1000).run(200)

    assert set(limits[10:]) <= {10, 11}
    assert sum(limit == 11 for limit in limits[-64:]) <= 3


def test_a_line_that_gets_faster_is_used_in_the_end() -> None:
    line, pace = Line(all=1000), Pace()
    for _ in range(100):
        pace.after(line.window(pace.limit))
    line.all = 2000
    for _ in range(60):
        pace.after(line.window(pace.limit))

    assert pace.limit in (20, 21)


def test_it_halves_when_the_service_asks_to_slow_down() -> None:
    limits = Line(refuses_above=16).run(200)

    assert max(limits) == 17
    assert limits[limits.index(17) + 1] == 8
    assert min(limits[limits.index(17) :]) == 8


def test_it_never_goes_below_one() -> None:
    pace = Pace()
    for _ in range(10):
        pace.after(Window(received=0, slowed=True))

    assert pace.limit == 1


@pytest.mark.parametrize(
    "window",
    [
        Window(received=100, full=False),
        Window(received=0),
        Window(received=100, disk_share=0.6),
    ],
    ids=["not all slots are used", "nothing comes", "the disk is behind"],
)
def test_it_does_not_go_up_when(window: Window) -> None:
    pace = Pace()
    for _ in range(10):
        pace.after(window)

    assert pace.limit == START


windows = st.builds(
    Window,
    received=st.integers(0, 10**9),
    slowed=st.booleans(),
    full=st.booleans(),
    disk_share=st.floats(0, 1),
)


@given(st.lists(windows, max_size=200))
def test_whatever_happens_it_moves_by_one_or_halves_and_keeps_its_bounds(
    seen: list[Window],
) -> None:
    pace = Pace()
    for window in seen:
        before = pace.limit
        after = pace.after(window)
        assert 1 <= after <= LIMIT
        assert after == max(1, before // 2) if window.slowed else abs(after - before) <= 1


async def test_steering_moves_a_limiter_while_downloads_run() -> None:
    limiter, meter, told = trio.CapacityLimiter(1), Meter(), list[int]()

    async def one() -> None:
        async with limiter:
            await trio.sleep(WINDOW_SECONDS / 8)  # no window ends while it adds up
            for _ in range(20):
                meter.received += 100
                await trio.sleep(WINDOW_SECONDS / 4)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(steer, limiter, meter, lambda: 0, told.append)
        async with trio.open_nursery() as work:
            for _ in range(100):
                work.start_soon(one)
        nursery.cancel_scope.cancel()

    assert told[:3] == [4, 5, 6]
    assert max(told) > 12


async def test_a_throttled_service_is_found_to_give_more_to_more_downloads(
    network: Network, tmp_path: Path
) -> None:
    world = World(seed=7, scenario=Scenario(bandwidth=20_000, latency=0.05))
    for _ in range(60):
        world.add_ended_batch(100, result_bytes=1000)
    network.serve(world=world)
    progress, most = DownloadProgress(), 0

    async with network.client() as client, trio.open_nursery() as nursery:

        async def look() -> None:
            nonlocal most
            while True:
                most = max(most, progress.concurrency)
                await trio.sleep(0.1)

        nursery.start_soon(look)
        await download(client, world.batch_ids, tmp_path, progress=progress)
        nursery.cancel_scope.cancel()

    assert progress.count("downloaded") == 60
    assert most > 10


async def test_a_service_that_refuses_is_asked_by_fewer_and_nothing_is_lost(
    network: Network, tmp_path: Path
) -> None:
    scenario = Scenario(refuse_every=10, refuse_seconds=3, bandwidth=50_000)
    world = World(seed=7, scenario=scenario)
    for _ in range(40):
        world.add_ended_batch(20, errored=3, result_bytes=1000)
    network.serve(world=world)
    start = trio.current_time()

    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path)
        slowdowns = client.slowdowns

    refused = [record.time for record in world.requests if record.status == 429]
    assert slowdowns == len(refused) > 0
    assert trio.current_time() - start >= 3 * len(refused)
    assert progress.count("downloaded") == 40
    assert progress.concurrency < 8
    for batch_id in world.batch_ids:
        assert_whole(tmp_path, world, batch_id)


async def test_a_number_pins_the_concurrency(network: Network, tmp_path: Path) -> None:
    world = World(seed=7, scenario=Scenario(bandwidth=20_000))
    for _ in range(12):
        world.add_ended_batch(100, result_bytes=1000)
    network.serve(world=world)

    async with network.client() as client:
        progress = await download(client, world.batch_ids, tmp_path, concurrency=3)

    assert progress.concurrency == 3
    times = [record.time for record in asked(world, "results")]
    assert max(sum(abs(time - other) < 2 for other in times) for time in times) == 3
