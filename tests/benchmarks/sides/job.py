"""Our jobs' side: `python -m tests.benchmarks.sides.job BASE_URL FOLDER CONCURRENCY ID…`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.sides.watch import Watch, run
from trio_batches.client import Client
from trio_batches.jobs import download

if TYPE_CHECKING:
    from tests.benchmarks.measurement import Measurement


async def _download(base_url: str, folder: str, concurrency: str, *ids: str) -> Measurement:
    """Download batches into verified files, then remove them."""
    target = Path(folder) / "ours"
    async with Client(base_url=base_url) as client:
        with Watch() as watch:
            progress = await download(client, ids, target, concurrency=int(concurrency))
    entries = progress.batches.values()
    assert len(entries) == len(ids)
    assert all(entry.state == "downloaded" for entry in entries), [*entries]
    shutil.rmtree(target)
    return watch.measurement(sum(entry.bytes for entry in entries))


if __name__ == "__main__":
    run(_download, *sys.argv[1:])
