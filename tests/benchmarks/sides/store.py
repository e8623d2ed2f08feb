"""What the ledger and the jobs on it do: `python -m tests.benchmarks.sides.store TASK …`."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tests.benchmarks.measurement import Measurement, own_memory
from tests.benchmarks.sides.prompts import make_requests
from tests.benchmarks.sides.watch import Watch, run
from trio_batches.client import API_VERSION, Client
from trio_batches.jobs import plan_submission, refresh
from trio_batches.simulator import World
from trio_batches.store import Home, open_ledger
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_PIECE = 5_000


async def refreshing(base_url: str) -> Measurement:
    """Learn of all batches, then ask for all of them once more."""
    home = Home(Path(tempfile.mkdtemp(prefix="trio-batches-bench-")))
    async with Client(base_url=base_url) as client, open_ledger(home) as ledger:
        await refresh(client, ledger)
        with Watch() as watch:
            refreshed = await refresh(client, ledger, full=True)
        assert not refreshed.new + refreshed.changed + refreshed.gone
    shutil.rmtree(home.path)
    return watch.measurement(refreshed.seen)


async def walking(base_url: str) -> Measurement:
    """Ask for page after page, each of 1,000, and do nothing with them."""
    async with Client(base_url=base_url) as client:
        with Watch() as watch:
            page = await client.messages.batches.list(limit=1000)
            count = len(page)
            while page.has_next_page():
                page = await page.get_next_page()
                count += len(page)
    return watch.measurement(count)


async def filling(folder: str, count: str) -> Measurement:
    """Make a ledger that knows many batches."""
    started = time.perf_counter()
    async with open_ledger(Home(Path(folder))) as ledger:
        for begin in range(0, int(count), _PIECE):
            world = World(begin)
            for number in range(begin, min(begin + _PIECE, int(count))):
                world.add_ended_batch(10, age=3600.0 + number)
            now = world.clock.now()
            texts = [bytes(batch.write(now, "http://127.0.0.1/{id}")) for batch in world.shelf]
            await ledger.save_batches(
                (msgspec.json.decode(text, type=MessageBatch), text) for text in texts
            )
    return Measurement(seconds=time.perf_counter() - started, items=int(count))


async def listing(folder: str) -> Measurement:
    """List what a ledger knows."""
    async with open_ledger(Home(Path(folder))) as ledger:
        with Watch() as watch:
            known = await ledger.batches()
        memory = own_memory()  # while all of them are in it
    return watch.measurement(len(known), memory=memory)


async def writing(path: str, count: str) -> Measurement:
    """Write requests as JSON Lines."""
    encoder = msgspec.json.Encoder()
    Path(path).write_bytes(encoder.encode_lines(make_requests(int(count))))
    return Measurement(seconds=0, items=int(count))


async def submitting(path: str) -> Measurement:
    """Check, cut and write down the requests of a file, up to the moment of sending them."""
    home = Home(Path(tempfile.mkdtemp(prefix="trio-batches-bench-")))
    with Watch() as watch:
        plan = await plan_submission([Path(path)], home, anthropic_version=API_VERSION)
    shutil.rmtree(home.path)
    return watch.measurement(plan.requests)


TASKS: dict[str, Callable[..., Awaitable[Measurement]]] = {
    task.__name__: task for task in (refreshing, walking, filling, listing, writing, submitting)
}

if __name__ == "__main__":
    run(TASKS[sys.argv[1]], *sys.argv[2:])
