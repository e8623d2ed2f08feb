from __future__ import annotations

import pytest
import trio
import trio.testing
from typing_extensions import override


class Patience(trio.abc.Instrument):
    """Keeps virtual time from jumping while a worker thread reads or writes files."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock

    @override
    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """Look at the threads after whatever a task did to them."""
        busy = trio.to_thread.current_default_thread_limiter().borrowed_tokens
        self._clock.autojump_threshold = float("inf") if busy else 0


@pytest.fixture
def anyio_backend(clock: trio.testing.MockClock) -> tuple[str, dict[str, object]]:
    return "trio", {"clock": clock, "instruments": [Patience(clock)]}
