"""Our side: `python -m tests.benchmarks.sides.ours TASK BASE_URL …` does one task once."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import trio

from tests.benchmarks.measurement import Measurement, peak_memory, resident_memory
from tests.benchmarks.sides.prompts import make_requests
from tests.benchmarks.sides.steps import LongestStep
from trio_batches.client import Client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def records(base_url: str, batch_id: str) -> Measurement:
    """Read typed records one by one."""
    count = 0
    async with Client(base_url=base_url) as client:
        started, used = time.perf_counter(), time.process_time()
        async with client.messages.batches.results(batch_id) as results:
            async for record in results:
                count += record.custom_id != ""
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
    return Measurement(seconds=seconds, cpu=cpu, items=count, memory=peak_memory())


async def blocks(base_url: str, batch_id: str) -> Measurement:
    """Read typed records in lists."""
    count = 0
    async with Client(base_url=base_url) as client:
        started, used = time.perf_counter(), time.process_time()
        async with client.messages.batches.results(batch_id) as results:
            async for block in results.blocks():
                for record in block:
                    count += record.custom_id != ""
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
    return Measurement(seconds=seconds, cpu=cpu, items=count, memory=peak_memory())


async def lines(base_url: str, batch_id: str) -> Measurement:
    """Read the service's lines, many at a time."""
    count = 0
    async with Client(base_url=base_url) as client:
        watch = LongestStep()
        trio.lowlevel.add_instrument(watch)
        started, used = time.perf_counter(), time.process_time()
        async with client.messages.batches.results(batch_id) as results:
            async for block in results.line_blocks():
                count += block.count(b"\n")
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
        trio.lowlevel.remove_instrument(watch)
    return Measurement(
        seconds=seconds,
        cpu=cpu,
        items=count,
        memory=peak_memory(),
        longest_step=watch.seconds,
    )


async def line(base_url: str, warm_up: str, batch_id: str) -> Measurement:
    """Read one line over a connection that is open already."""
    async with Client(base_url=base_url) as client:
        async with client.messages.batches.results(warm_up) as results:
            async for _ in results:
                pass
        started = time.perf_counter()
        async with client.messages.batches.results(batch_id) as results:
            count = sum([len(block) async for block in results.blocks()])
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=count)


async def listing(base_url: str, work: str) -> Measurement:
    """List every batch, and work on each page while the next ones come."""
    count = 0
    async with Client(base_url=base_url) as client:
        started = time.perf_counter()
        async with client.messages.batches.list(limit=1000) as batches:
            async for batch in batches:
                count += batch.id != ""
                if count % 1000 == 0:
                    await trio.sleep(float(work))
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=count)


async def create(base_url: str, count: str) -> Measurement:
    """Create one batch of many requests."""
    requests = make_requests(int(count))
    async with Client(base_url=base_url) as client:
        before = resident_memory()
        watch = LongestStep()
        trio.lowlevel.add_instrument(watch)
        started = time.perf_counter()
        await client.messages.batches.create(requests)
        seconds = time.perf_counter() - started
        trio.lowlevel.remove_instrument(watch)
    return Measurement(
        seconds=seconds,
        items=len(requests),
        memory=max(0, peak_memory() - before),
        longest_step=watch.seconds,
    )


TASKS: dict[str, Callable[..., Awaitable[Measurement]]] = {
    task.__name__: task for task in (records, blocks, lines, line, listing, create)
}

if __name__ == "__main__":
    trio.run(TASKS[sys.argv[1]], *sys.argv[2:]).report()
