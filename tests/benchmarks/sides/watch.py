"""What a piece of work under Trio costs."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Self

import trio
from typing_extensions import override

from tests.benchmarks.measurement import Measurement, peak_memory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

__all__ = ("Watch", "run")


def run(work: Callable[..., Awaitable[Measurement]], *arguments: str) -> None:
    """Do our side's work as the commands do, and report what it cost.

    What is loaded by now is spared the garbage collector: a full collection is one
    pause that grows with the program around the work.
    """
    gc.freeze()
    trio.run(work, *arguments).report()


class Watch(trio.abc.Instrument):
    """A context manager around the work; it notes the longest step without a checkpoint, too."""

    def __init__(self) -> None:
        self.seconds = self.cpu = self.longest_step = 0.0
        self._began = 0.0

    def __enter__(self) -> Self:
        trio.lowlevel.add_instrument(self)
        self._began = self._started = time.perf_counter()
        self._used = time.process_time()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.seconds = time.perf_counter() - self._started
        self.cpu = time.process_time() - self._used
        trio.lowlevel.remove_instrument(self)

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._began = time.perf_counter()

    @override
    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        self.longest_step = max(self.longest_step, time.perf_counter() - self._began)

    def measurement(self, items: int, *, memory: int | None = None) -> Measurement:
        """Return what was measured, with the process's peak of memory unless another is given."""
        return Measurement(
            seconds=self.seconds,
            cpu=self.cpu,
            items=items,
            memory=peak_memory() if memory is None else memory,
            longest_step=self.longest_step,
        )
