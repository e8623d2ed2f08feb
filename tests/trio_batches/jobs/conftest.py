from __future__ import annotations

import pytest
import trio
import trio.testing
from typing_extensions import override


class Patience(trio.abc.Instrument):
    """Keeps virtual time from jumping while a worker thread reads or writes files."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._in_threads: set[trio.lowlevel.Task] = set()

    @override
    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """Look at the threads after whatever a task did to them."""
        # The limiter knows threads of any task; those of the ledger have others.
        names = (frame.f_code.co_name for frame, _ in task.iter_await_frames())
        if "to_thread_run_sync" in names:
            self._in_threads.add(task)
        else:
            self._in_threads.discard(task)
        busy = trio.to_thread.current_default_thread_limiter().borrowed_tokens or self._in_threads
        self._clock.autojump_threshold = float("inf") if busy else 0


@pytest.fixture
def anyio_backend(clock: trio.testing.MockClock) -> tuple[str, dict[str, object]]:
    return "trio", {"clock": clock, "instruments": [Patience(clock)]}
