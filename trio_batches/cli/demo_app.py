"""`demo` without `--headless`: the app, a service that lives, and a home that is gone after it."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from trio_batches.cli.simulate import FAKE_KEY
from trio_batches.client import Client
from trio_batches.jobs import download
from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.simulator import Scenario, World, open_simulator, populate_living
from trio_batches.store import Home, open_ledger
from trio_batches.store.disk import make_folder, write_whole
from trio_batches.store.kept_requests import requests_path

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from trio_batches.simulator.batch import SimulatedBatch

__all__ = ("demo_world", "open_demo", "show_demo")

SEED = 2026
DOWNLOADED = 6
KEPT = 12
POLL_SECONDS = 2.0

_SCENARIO = Scenario(
    batch_seconds=40.0,
    batch_seconds_spread=0.6,
    cancel_seconds=6.0,
    errored=0.03,
    latency=0.02,
    bandwidth=3e6,
)
"""As slow as a service is, so that there is something to watch."""


def show_demo(flags: Mapping[str, object]) -> int:
    """Show the app until the user leaves it, and return the exit code.

    Args:
        flags: Settings that the command line names.
    """
    # Imported here: other commands do without the app.
    from tui.app import Options  # noqa: PLC0415
    from tui.start import start  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="trio-batches-demo-") as folder:
        home = Home(Path(folder))
        options = Options(home=home.path, open_client=partial(open_demo, demo_world(), home))
        return start(options, flags, poll_interval=POLL_SECONDS)


def demo_world(*, frozen: bool = False) -> World:
    """Return the workspace that the demo shows, for a picture with time standing still."""
    world = World(SEED, scenario=_SCENARIO, frozen=frozen)
    populate_living(world)
    return world


@asynccontextmanager
async def open_demo(world: World, home: Home, *, living: bool = True) -> AsyncGenerator[Client]:
    """Serve a world, and open a client for it after a busy user's home was made of it.

    Args:
        world: What there is.
        home: Gets labels, kept requests and some verified files.
        living: Whether batches go on coming.
    """
    async with (
        open_simulator(world, living=living) as simulator,
        Client(api_key=FAKE_KEY, base_url=simulator.base_url) as client,
    ):
        await _furnish(world, home, client)
        yield client


async def _furnish(world: World, home: Home, client: Client) -> None:
    now = world.clock.now()
    ended = [each for each in world.shelf if each.has_ended(now) and not each.is_archived(now)]
    await trio.to_thread.run_sync(_keep_requests, world, home, list(world.shelf)[:KEPT])
    async with open_ledger(home) as ledger:
        page = await client.messages.batches.list(limit=MAX_PAGE)
        await ledger.save_batches(zip(page.data, page.raw_data, strict=True))
        for place, batch in enumerate(world.shelf):
            if batch.script is not None and place % 5:
                await ledger.set_label(batch.id, batch.script.label)
        some = [batch.id for batch in ended[: 2 * DOWNLOADED : 2]]
        await download(client, some, home.results, ledger=ledger, sync=False)


def _keep_requests(world: World, home: Home, batches: list[SimulatedBatch]) -> None:
    make_folder(home.requests)
    for batch in batches:
        content = b"".join(world.request_lines(batch.id))
        write_whole(requests_path(home, batch.id), content)
