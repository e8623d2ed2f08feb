"""`simulate`."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import click
import trio

from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, write_line
from trio_batches.errors import ConfigurationError
from trio_batches.simulator import Scenario, World, open_simulator, populate_living

__all__ = ("FAKE_KEY", "simulate")

FAKE_KEY = "simulated-key"
"""Any key will do; this one says so."""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default a free one.")
@click.option("--batches", type=click.IntRange(0), default=25, show_default=True)
@click.option("--scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--living", is_flag=True, help="Batches go on coming, ending and being cancelled.")
def simulate(port: int, batches: int, scenario: Path | None, seed: int, *, living: bool) -> None:
    """Run a local Message Batches service until interrupted; prints its base URL.

    It keeps everything in memory, takes any key, and costs nothing. A scenario
    file (JSON) makes it fail in the ways that it names, such as
    {"errored": 0.1, "latency": 0.05, "faults": [{"operation": "create", "drop_reply": true}]};
    `python -m pydoc trio_batches.simulator.scenario.Scenario` explains its keys.
    """

    async def work() -> NoReturn:
        rules = Scenario() if scenario is None else Scenario.load(scenario)
        world = World(seed=seed, scenario=rules)
        if living:
            populate_living(world, batches)
        else:
            world.populate(batches)
        try:
            await _serve(world, port, living=living)
        except OSError as exc:
            if exc.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise ConfigurationError(
                f"port {port} of this machine: {os.strerror(exc.errno)}: "
                f"choose another one with --port"
            ) from exc

    run(work, when_interrupted="the simulator has stopped")


async def _serve(world: World, port: int, *, living: bool) -> NoReturn:
    async with open_simulator(world, port=port, living=living) as simulator:
        await write_line(simulator.base_url)
        narrate(
            f"in another terminal: export ANTHROPIC_BASE_URL={simulator.base_url} "
            f"ANTHROPIC_API_KEY={FAKE_KEY}; then: trio-batches list"
        )
        await trio.sleep_forever()
