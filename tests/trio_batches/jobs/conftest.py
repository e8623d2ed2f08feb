from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing
from typing_extensions import override

from tests.trio_batches.jobs.office import Office, open_office
from tests.trio_batches.jobs.submissions import Desk
from trio_batches.simulator import Scenario

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


class Patience(trio.abc.Instrument):
    """Keeps virtual time from jumping while a worker thread reads or writes files."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._waiting: set[trio.lowlevel.Task] = set()

    @override
    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """See whether the task waits for a thread now; limiters tell of their own threads only."""
        frames = (frame for frame, _ in task.iter_await_frames())
        if any(frame.f_code is trio.to_thread.run_sync.__code__ for frame in frames):
            self._waiting.add(task)
        else:
            self._waiting.discard(task)
        self._clock.autojump_threshold = float("inf") if self._waiting else 0


@pytest.fixture
def anyio_backend(clock: trio.testing.MockClock) -> tuple[str, dict[str, object]]:
    return "trio", {"clock": clock, "instruments": [Patience(clock)]}


@pytest.fixture
def desk(network: Network, tmp_path: Path) -> Desk:
    return Desk(network, tmp_path)


@pytest.fixture
async def office(network: Network, tmp_path: Path) -> AsyncGenerator[Office]:
    """Half of all requests fail: a quarter with an error, of which a sixth invalid."""
    scenario = Scenario(batch_seconds=30, errored=0.3, expired=0.2)
    async with open_office(network, tmp_path, scenario) as office:
        yield office
