"""Many small batches: `python -m tests.benchmarks.sides.small WHAT BASE_URL FOLDER CONCURRENCY`."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import trio

from tests.benchmarks.sides.watch import Watch, run
from trio_batches.client import Client
from trio_batches.jobs import download
from trio_batches.transport.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import HasFileno  # what `os.fsync` takes

    from tests.benchmarks.measurement import Measurement
    from trio_batches.transport.exchange import Reply, Sink
    from trio_batches.types import MessageBatch


async def _measure(what: str, base_url: str, folder: str, concurrency: str) -> Measurement:
    """Take batches from the list, then download them, or only ask for their results.

    The files stay until the benchmark ends: to find an inode for a new file, ext4 looks at
    each that was deleted in the last minutes, which can be a quarter of the processor time.
    """
    target = Path(tempfile.mkdtemp(dir=folder))
    async with Client(base_url=base_url) as client:
        async with client.messages.batches.list(limit=1000) as listed:
            batches = [batch async for batch in listed]
        clock, asked = _SyncClock(), _count_requests(client)
        with Watch() as watch:
            if what == "download":
                progress = await download(client, batches, target, concurrency=int(concurrency))
                assert progress.count("downloaded") == len(batches)
            else:
                await _ask(client, batches, int(concurrency))
    measured = watch.measurement(len(batches))
    return msgspec.structs.replace(measured, syncing=clock.seconds, requests=len(asked))


def _count_requests(client: Client) -> list[str]:
    """Return a list that grows with each request of a client."""
    asked: list[str] = []
    wire = client._session.transport._wire  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    exchange = wire.exchange

    async def counted(call: Call, headers: Mapping[str, str], sink: Sink | None) -> Reply:
        asked.append(call.target)
        return await exchange(call, headers, sink)

    wire.exchange = counted  # type: ignore[method-assign]
    return asked


class _SyncClock:
    """Counts, from its construction on, the processor time that `os.fsync` takes."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._turn = threading.Lock()
        self._sync = os.fsync
        os.fsync = self._timed

    def _timed(self, fd: int | HasFileno) -> None:
        began = time.thread_time()
        try:
            self._sync(fd)
        finally:
            with self._turn:
                self.seconds += time.thread_time() - began


async def _ask(client: Client, batches: list[MessageBatch], concurrency: int) -> None:
    """Ask for the results of each batch, and drop what comes."""
    limiter = trio.CapacityLimiter(concurrency)
    transport = client._session.transport  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def drop(_: bytes) -> bool:  # a sink
        return True

    async def one(batch: MessageBatch) -> None:
        assert batch.results_url is not None
        async with limiter:
            await transport.send(Call(method="GET", target=batch.results_url), drop)

    async with trio.open_nursery() as nursery:
        for batch in batches:
            nursery.start_soon(one, batch)


if __name__ == "__main__":
    run(_measure, *sys.argv[1:])
