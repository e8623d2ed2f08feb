"""Our jobs' side: `python -m tests.benchmarks.sides.job BASE_URL FOLDER CONCURRENCY ID…`."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import trio

from tests.benchmarks.measurement import Measurement, peak_memory
from tests.benchmarks.sides.steps import LongestStep
from trio_batches.client import Client
from trio_batches.jobs import download


async def _download(base_url: str, folder: str, concurrency: str, ids: list[str]) -> Measurement:
    """Download batches into verified files, then remove them."""
    target = Path(folder) / "ours"
    async with Client(base_url=base_url) as client:
        watch = LongestStep()
        trio.lowlevel.add_instrument(watch)
        started, cpu = time.perf_counter(), time.process_time()
        progress = await download(client, ids, target, concurrency=int(concurrency))
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        trio.lowlevel.remove_instrument(watch)
    entries = progress.batches.values()
    assert len(entries) == len(ids)
    assert all(entry.state == "downloaded" for entry in entries), [*entries]
    shutil.rmtree(target)
    size = sum(entry.bytes for entry in entries)
    return Measurement(
        seconds=seconds,
        cpu=cpu,
        items=size,
        memory=peak_memory(),
        longest_step=watch.seconds,
    )


if __name__ == "__main__":
    _, url, place, at_once, *batch_ids = sys.argv
    trio.run(_download, url, place, at_once, batch_ids).report()
