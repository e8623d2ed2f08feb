"""Our side: `python -m tests.benchmarks.sides.ours TASK BASE_URL …` does one task once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import trio

from tests.benchmarks.measurement import peak_memory, resident_memory
from tests.benchmarks.sides.prompts import make_requests
from tests.benchmarks.sides.watch import Watch, run
from trio_batches.client import Client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.benchmarks.measurement import Measurement


async def records(base_url: str, batch_id: str) -> Measurement:
    """Read typed records one by one."""
    count = 0
    async with Client(base_url=base_url) as client:
        with Watch() as watch:
            async with client.messages.batches.results(batch_id) as results:
                async for record in results:
                    count += record.custom_id != ""
    return watch.measurement(count)


async def blocks(base_url: str, batch_id: str) -> Measurement:
    """Read typed records in lists."""
    count = 0
    async with Client(base_url=base_url) as client:
        with Watch() as watch:
            async with client.messages.batches.results(batch_id) as results:
                async for block in results.blocks():
                    for record in block:
                        count += record.custom_id != ""
    return watch.measurement(count)


async def lines(base_url: str, batch_id: str) -> Measurement:
    """Read the service's lines, many at a time."""
    async with Client(base_url=base_url) as client:
        with Watch() as watch:
            async with client.messages.batches.results(batch_id) as results:
                async for _ in results.line_blocks():
                    pass
        count = sum(results.received.values())
    return watch.measurement(count)


async def line(base_url: str, warm_up: str, batch_id: str) -> Measurement:
    """Read one line over a connection that is open already."""
    async with Client(base_url=base_url) as client:
        async with client.messages.batches.results(warm_up) as results:
            async for _ in results:
                pass
        with Watch() as watch:
            async with client.messages.batches.results(batch_id) as results:
                count = sum([len(block) async for block in results.blocks()])
    return watch.measurement(count)


async def listing(base_url: str, work: str) -> Measurement:
    """List every batch, and work on each page while the next ones come."""
    count = 0
    async with Client(base_url=base_url) as client:
        with Watch() as watch:
            async with client.messages.batches.list(limit=1000) as batches:
                async for batch in batches:
                    count += batch.id != ""
                    if count % 1000 == 0:
                        await trio.sleep(float(work))
    return watch.measurement(count)


async def create(base_url: str, count: str) -> Measurement:
    """Create one batch of many requests."""
    requests = make_requests(int(count))
    async with Client(base_url=base_url) as client:
        before = resident_memory()
        with Watch() as watch:
            await client.messages.batches.create(requests)
    return watch.measurement(len(requests), memory=max(0, peak_memory() - before))


TASKS: dict[str, Callable[..., Awaitable[Measurement]]] = {
    task.__name__: task for task in (records, blocks, lines, line, listing, create)
}

if __name__ == "__main__":
    run(TASKS[sys.argv[1]], *sys.argv[2:])
