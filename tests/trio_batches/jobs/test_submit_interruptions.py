"""Interrupted submissions and lost replies: one batch for each chunk, whatever happens."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock
from typing_extensions import override

from tests.trio_batches.cli.shell import serve
from tests.trio_batches.jobs.conftest import Patience
from tests.trio_batches.jobs.places import open_files
from tests.trio_batches.jobs.submissions import Desk, ids_in, requests
from tests.trio_batches.transport.peers import open_network
from trio_batches.errors import AlreadySubmittedError, TrioBatchesError
from trio_batches.jobs import Submission
from trio_batches.simulator import Answer, Cut, Fault, Scenario, Simulator, World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.trio_batches.transport.peers import Network


class CancelAfter(trio.abc.Instrument):
    """Cancels a scope after so many steps of one task's children, or of any tasks."""

    def __init__(self, steps: int) -> None:
        self.scope = trio.CancelScope()
        self._left = steps

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count a step."""
        self._left -= 1
        if self._left == 0:
            self.scope.cancel()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four requests fill a batch."""
    monkeypatch.setattr("trio_batches.store.spool.MAX_REQUESTS", 4)


def run(work: Callable[[Network], Awaitable[None]]) -> None:
    """Run work with a network of its own, on virtual time."""

    async def main() -> None:
        async with open_network() as network:
            await work(network)

    clock = MockClock(autojump_threshold=0)
    trio.run(main, clock=clock, instruments=[Patience(clock)])


async def submit_until_done(desk: Desk, count: int, runs: int) -> None:
    """Run the same submission again and again, as a user does."""
    for _ in range(runs):
        try:
            if (await desk.submit(requests(count))).complete:
                return
        except AlreadySubmittedError:
            return
    raise AssertionError(f"not done after {runs} runs")


def assert_once(world: World, count: int) -> None:
    """Check that each request is in one batch."""
    assert dict(ids_in(world)) == {f"r{number}": 1 for number in range(count)}


def test_a_submission_can_be_cancelled_at_any_step(tmp_path: Path) -> None:
    stride = 5

    async def work(network: Network) -> None:
        steps, interrupted = 1, True
        while interrupted:
            world = World(scenario=Scenario(listing_delay=5))
            network.serve(world=world)
            desk = Desk(network, tmp_path / str(steps))
            cancel, progress = CancelAfter(steps), Submission()
            trio.lowlevel.add_instrument(cancel)
            with cancel.scope:
                await desk.submit(requests(6), progress=progress)
            trio.lowlevel.remove_instrument(cancel)
            interrupted = cancel.scope.cancelled_caught
            assert {chunk.state for chunk in progress.chunks} <= {"submitted", "open"}
            assert open_files(desk.home.requests) == []
            await submit_until_done(desk, 6, 1)
            assert_once(world, 6)
            await desk.resume()
            assert desk.files() == sorted(f"{name}.jsonl" for name in world.batch_ids)
            steps += stride
        assert steps > 50

    run(work)


lost = st.sampled_from(
    [
        Fault(operation="create", drop_reply=True),
        Fault(operation="create", answer=Answer(status=500), act=True),
        Fault(operation="create", answer=Answer(status=500)),
        Fault(operation="create", answer=Answer(status=503), act=True),
        Fault(operation="create", answer=Answer(status=529)),
        Fault(operation="create", answer=Answer(status=499), act=True),
        Fault(operation="create", answer=Answer(status=408)),
        Fault(operation="create", answer=Answer(status=429)),
        Fault(operation="create", answer=Answer(status=400)),
        Fault(operation="create", cut=Cut(place="byte", at=20)),
        Fault(operation="create", cut=Cut(place="head", at=5, how="rst")),
        Fault(operation="create", answer=Answer(status=200, body="<html>"), act=True),
        Fault(operation="create", answer=Answer(status=307, headers={"location": "/x"})),
        # Acted on 50 s after the client has given up: listed within its patience.
        Fault(operation="create", delay=650),
        Fault(operation="list", answer=Answer(status=500)),
        Fault(operation="list", drop_reply=True),
        Fault(operation="results", answer=Answer(status=500)),
    ]
)


@given(
    faults=st.lists(st.tuples(lost, st.integers(1, 6)), max_size=6),
    listing_delay=st.sampled_from([0.0, 1.0, 25.0, 120.0]),
    batch_seconds=st.sampled_from([1.0, 60.0, 1e5]),
    count=st.integers(1, 11),
    foreign=st.booleans(),
    kills=st.lists(st.integers(20, 400), max_size=2),
)
@settings(max_examples=40, deadline=None)
def test_each_request_is_in_one_batch_whatever_the_service_does(  # noqa: PLR0913
    faults: list[tuple[Fault, int]],
    listing_delay: float,
    batch_seconds: float,
    count: int,
    kills: list[int],
    *,
    foreign: bool,
) -> None:
    scenario = Scenario(
        faults=tuple(msgspec.structs.replace(fault, nth=nth) for fault, nth in faults),
        listing_delay=listing_delay,
        batch_seconds=batch_seconds,
        read_timeout=1e6,
    )

    async def work(network: Network) -> None:
        world = World(scenario=scenario)
        network.serve(world=world)
        if foreign:
            world.add_ended_batch(4, custom_ids=["a", "b", "c", "d"])
        desk = Desk(network, Path(folder))
        for steps in kills:
            cancel = CancelAfter(steps)
            trio.lowlevel.add_instrument(cancel)
            with cancel.scope:
                await once(desk)
            trio.lowlevel.remove_instrument(cancel)
        await submit_until_done(desk, count, 30)
        theirs = {name: times for name, times in ids_in(world).items() if name.startswith("r")}
        assert theirs == {f"r{number}": 1 for number in range(count)}

    async def once(desk: Desk) -> None:
        with contextlib.suppress(TrioBatchesError):
            await desk.submit(requests(count))

    with tempfile.TemporaryDirectory() as folder:
        run(work)


@pytest.mark.parametrize(
    ("step", "nth"),
    [
        ("before plan", 1),
        ("after plan", 1),
        ("before claim", 1),
        ("after claim", 1),
        ("after claim", 2),
        ("during create", 1),
        ("after create", 1),
        ("after create", 2),
        ("after confirm", 1),
        ("after confirm", 2),
        ("after put-away", 1),
        ("after put-away", 2),
        ("after keep", 2),
        ("after ambiguous", 1),
    ],
)
def test_a_process_that_is_killed_at_a_step_is_continued(
    tmp_path: Path, step: str, nth: int
) -> None:
    fault = Fault(operation="create", drop_reply=True)
    if "ambiguous" not in step:
        fault = Fault(operation="create", delay=0.5, times=2)
    world = World(scenario=Scenario(faults=(fault,), batch_seconds=1e5, read_timeout=1e6))
    with serve(world) as base_url:
        arguments = [base_url, str(tmp_path / "home"), "6", step, str(nth)]
        child = [sys.executable, "-m", "tests.trio_batches.jobs.killed_submit", *arguments]
        killed = subprocess.run(child, check=False, capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    async def work(network: Network) -> None:
        network.serve(world=world)
        host, port = base_url.removeprefix("http://").split(":")
        network.put(Simulator(world).handle, host, int(port))
        desk = Desk(network, tmp_path, base_url=base_url)
        await submit_until_done(desk, 6, 1)
        assert_once(world, 6)
        assert desk.files() == sorted(f"{name}.jsonl" for name in world.batch_ids)
        folders = [path for path in desk.home.requests.iterdir() if path.is_dir()]
        assert folders == []

    run(work)
