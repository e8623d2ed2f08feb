"""How long a task keeps the event loop to itself."""

from __future__ import annotations

import time

import trio
from typing_extensions import override

__all__ = ("LongestStep",)


class LongestStep(trio.abc.Instrument):
    """Notes the longest time that any task ran without a checkpoint, from its construction on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = time.perf_counter()

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._began = time.perf_counter()

    @override
    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        self.seconds = max(self.seconds, time.perf_counter() - self._began)
