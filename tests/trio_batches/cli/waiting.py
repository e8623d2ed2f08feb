"""A service whose results come slowly, and waiting for what is to come."""

from __future__ import annotations

import fcntl
import struct
import termios
import time
from typing import TYPE_CHECKING

from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def bytes_waiting(pipe: int) -> int:
    """Return how many bytes of a pipe nobody has read."""
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0])


def slow_world(*sizes: int, bandwidth: float | None = 400_000) -> World:
    world = World(seed=6, scenario=Scenario(bandwidth=bandwidth))
    for size in sizes:
        world.add_ended_batch(size, errored=size // 10, result_bytes=500)
    return world
