"""Our jobs' side: `python -m tests.benchmarks.sides.job BASE_URL FOLDER CONCURRENCY ID…`."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import trio

from tests.benchmarks.measurement import Measurement, peak_memory
from trio_batches.client import Client
from trio_batches.jobs import download


async def _download(base_url: str, folder: str, concurrency: str, ids: list[str]) -> Measurement:
    """Download batches into verified files, then remove them."""
    target = Path(folder) / "ours"
    async with Client(base_url=base_url) as client:
        started = time.perf_counter()
        progress = await download(client, ids, target, concurrency=int(concurrency))
        seconds = time.perf_counter() - started
    entries = progress.batches.values()
    assert len(entries) == len(ids)
    assert all(entry.state == "downloaded" for entry in entries), [*entries]
    shutil.rmtree(target)
    size = sum(entry.bytes for entry in entries)
    return Measurement(seconds=seconds, items=size, memory=peak_memory())


if __name__ == "__main__":
    _, url, place, at_once, *batch_ids = sys.argv
    trio.run(_download, url, place, at_once, batch_ids).report()
