"""The official SDK's side: the same tasks as `ours`, in its quickest way.

Its blocking client is quicker than its asynchronous one, so that is what reads
results; creating and listing, where other tasks matter, run under Trio.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, cast

import trio
from anthropic import Anthropic, AsyncAnthropic

from tests.benchmarks.measurement import Measurement, peak_memory, resident_memory
from tests.benchmarks.sides.prompts import make_requests
from tests.benchmarks.sides.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from anthropic.types.messages.batch_create_params import Request


def records(base_url: str, batch_id: str) -> Measurement:
    """Read typed records one by one."""
    count = 0
    with Anthropic(base_url=base_url) as client:
        started, used = time.perf_counter(), time.process_time()
        for record in client.messages.batches.results(batch_id):
            count += record.custom_id != ""
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
    return Measurement(seconds=seconds, cpu=cpu, items=count, memory=peak_memory())


def line(base_url: str, warm_up: str, batch_id: str) -> Measurement:
    """Read one line over a connection that is open already."""
    with Anthropic(base_url=base_url) as client:
        for _ in client.messages.batches.results(warm_up):
            pass
        started = time.perf_counter()
        count = sum(1 for _ in client.messages.batches.results(batch_id))
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=count)


def listing(base_url: str, work: str) -> Measurement:
    """List every batch, and work on each page before the next one is asked for."""
    return trio.run(_listing, base_url, float(work))


async def _listing(base_url: str, work: float) -> Measurement:
    count = 0
    async with AsyncAnthropic(base_url=base_url) as client:
        started = time.perf_counter()
        async for batch in client.messages.batches.list(limit=1000):
            count += batch.id != ""
            if count % 1000 == 0:
                await trio.sleep(work)
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=count)


def create(base_url: str, count: str) -> Measurement:
    """Create one batch of many requests."""
    return trio.run(_create, base_url, int(count))


async def _create(base_url: str, count: int) -> Measurement:
    requests = cast("list[Request]", make_requests(count))
    async with AsyncAnthropic(base_url=base_url) as client:
        before = resident_memory()
        with Watch() as watch:
            await client.messages.batches.create(requests=requests)
    return watch.measurement(count, memory=max(0, peak_memory() - before))


TASKS: dict[str, Callable[..., Measurement]] = {
    task.__name__: task for task in (records, line, listing, create)
}

if __name__ == "__main__":
    TASKS[sys.argv[1]](*sys.argv[2:]).report()
