from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.cli.shell import Shell, serve
from trio_batches.simulator import World

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    Serve = Callable[[World], str]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Generator[Shell]:
    logger = logging.getLogger("trio_batches")
    handlers, propagate = list(logger.handlers), logger.propagate
    yield Shell(tmp_path, monkeypatch, capfdbinary)
    logger.handlers[:], logger.propagate = handlers, propagate


@pytest.fixture
def service(shell: Shell) -> Generator[Serve]:
    """Give a function that serves a world to the shell's commands."""
    with ExitStack() as stack:

        def start(world: World) -> str:
            base_url = stack.enter_context(serve(world))
            shell.set("ANTHROPIC_BASE_URL", base_url)
            return base_url

        yield start


@pytest.fixture
def world(service: Serve) -> World:
    """Serve three batches that have ended, the newest first, and one that runs."""
    world = World(seed=4)
    for number in range(3):
        world.add_ended_batch(40 + number, errored=4, canceled=2, age=3600.0 * (number + 1))
    world.add_in_progress_batch(50)
    service(world)
    return world
