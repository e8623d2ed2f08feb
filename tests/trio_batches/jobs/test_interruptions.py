"""Interrupted downloads: nothing half-done has a final name, and the next run ends it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock
from typing_extensions import override

from tests.trio_batches.jobs.conftest import Patience
from tests.trio_batches.jobs.places import (
    assert_nothing_is_half_done,
    assert_whole,
    open_files,
    part_names,
)
from tests.trio_batches.transport.peers import open_network
from trio_batches.jobs import DownloadProgress, download
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Cut, Fault, Scenario, World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tests.trio_batches.transport.peers import Network


class CancelAfter(trio.abc.Instrument):
    """Cancels a scope after so many steps of any tasks."""

    def __init__(self, steps: int) -> None:
        self.scope = trio.CancelScope()
        self._left = steps

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count a step."""
        self._left -= 1
        if self._left == 0:
            self.scope.cancel()


def run(work: Callable[[Network], Awaitable[None]]) -> None:
    """Run work with a network of its own, on virtual time."""

    async def main() -> None:
        async with open_network() as network:
            await work(network)

    clock = MockClock(autojump_threshold=0)
    trio.run(main, clock=clock, instruments=[Patience(clock)])


async def download_all(network: Network, world: World, folder: Path) -> None:
    """Download without any trouble and check the result."""
    network.serve(world=world)
    async with network.client() as client:
        progress = await download(client, world.batch_ids, folder)
    assert progress.count("failed") == 0
    for batch_id in world.batch_ids:
        assert_whole(folder, world, batch_id)
    assert part_names(folder) == set()


def small_world(faults: Sequence[Fault] = ()) -> World:
    world = World(seed=3, scenario=Scenario(faults=tuple(faults)))
    world.add_ended_batch(12, errored=3, expired=1, result_bytes=300)
    world.add_ended_batch(3, canceled=1, result_bytes=300)
    return world


def test_a_download_can_be_cancelled_at_every_step(tmp_path: Path) -> None:
    async def work(network: Network) -> None:
        steps, interrupted = 1, True
        while interrupted:
            world = small_world()
            network.serve(world=world)
            folder = tmp_path / str(steps)
            cancel, progress = CancelAfter(steps), DownloadProgress()
            async with network.client() as client:
                trio.lowlevel.add_instrument(cancel)
                with cancel.scope:
                    await download(client, world.batch_ids, folder, progress=progress)
                trio.lowlevel.remove_instrument(cancel)
            interrupted = cancel.scope.cancelled_caught
            assert progress.count("running", "waiting") == 0
            assert open_files(tmp_path) == []
            assert_nothing_is_half_done(folder, world)
            await download_all(network, world, folder)
            steps += 1
        assert steps > 50

    run(work)


def cut_by(at: int, how: Literal["fin", "clean"]) -> Cut:
    return Cut(place="byte", at=at, how=how)


HOWS: tuple[Literal["fin", "clean"], ...] = ("fin", "clean")
cuts = st.builds(cut_by, st.integers(0, 6000), st.sampled_from(HOWS))


@given(
    cuts=st.lists(cuts, max_size=5),
    left=st.lists(st.tuples(st.integers(0, 6000), st.booleans()), max_size=3),
    retries=st.sampled_from([0, 1, 5]),
)
@settings(max_examples=60, deadline=None)
def test_every_line_arrives_once_wherever_answers_and_files_are_cut(
    cuts: list[Cut], left: list[tuple[int, bool]], retries: int
) -> None:
    faults = [Fault(operation="results", nth=place, cut=cut) for place, cut in enumerate(cuts, 1)]

    async def work(network: Network) -> None:
        world = small_world(faults)
        network.serve(world=world)
        leave_parts(folder, world, left)
        policy = RetryPolicy(max_retries=retries)
        async with network.client(retry=policy) as client:
            progress = DownloadProgress()
            for _ in range(len(cuts) + 1):
                progress = await download(client, world.batch_ids, folder)
                assert_nothing_is_half_done(folder, world, cut=True)
        assert progress.count("failed") == 0
        for batch_id in world.batch_ids:
            assert_whole(folder, world, batch_id, cut=True)
        assert part_names(folder) == set()

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run(work)


def leave_parts(folder: Path, world: World, left: list[tuple[int, bool]]) -> None:
    """Leave parts as killed processes do: cut anywhere, in any order of lines."""
    for number, (size, backwards) in enumerate(left):
        for batch_id in world.batch_ids:
            lines = list(world.result_lines(batch_id))
            content = b"".join(reversed(lines) if backwards else lines)
            (folder / f"{batch_id}.jsonl.{number}.part").write_bytes(content[:size])
