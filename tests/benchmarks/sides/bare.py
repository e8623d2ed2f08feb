"""What cannot be undercut in Python: httpx under Trio, msgspec, and nothing around them."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import httpx
import msgspec
import trio

from tests.benchmarks.measurement import Measurement, peak_memory
from trio_batches.types import BatchResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

_BLOCK_BYTES = 1 << 18


async def records(base_url: str, batch_id: str, path: str) -> Measurement:
    """Drain the results into nowhere, then decode the same bytes from memory."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        started = time.perf_counter()
        batch = (await client.get(f"/v1/messages/batches/{batch_id}")).json()
        async with client.stream("GET", batch["results_url"]) as response:
            async for _ in response.aiter_bytes():
                pass
        drained = time.perf_counter() - started
    seconds, count = await trio.to_thread.run_sync(_decode, path)
    return Measurement(seconds=drained + seconds, items=count, memory=peak_memory())


async def drain(base_url: str, batch_id: str, _path: str) -> Measurement:
    """Drain the results into nowhere."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        started = time.perf_counter()
        batch = (await client.get(f"/v1/messages/batches/{batch_id}")).json()
        async with client.stream("GET", batch["results_url"]) as response:
            async for _ in response.aiter_bytes():
                pass
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds)


async def listing(base_url: str, _work: str) -> Measurement:
    """Fetch every page, one after another, and read no more of it than its cursor."""
    count, query = 0, "?limit=1000"
    async with httpx.AsyncClient(base_url=base_url, headers=_HEADERS) as client:
        started = time.perf_counter()
        while True:
            response = await client.get(f"/v1/messages/batches{query}")
            page = msgspec.json.decode(response.content, type=_Page)
            count += len(page.data)
            if not page.has_more:
                break
            query = f"?limit=1000&after_id={page.last_id}"
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=count)


_HEADERS = {"authorization": "Bearer sk-ant-benchmark", "anthropic-version": "2026-10-21"}


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    has_more: bool
    last_id: str


def _decode(path: str) -> tuple[float, int]:
    decoder = msgspec.json.Decoder(BatchResult)
    seconds, count = 0.0, 0
    for block in _blocks(path):
        started = time.perf_counter()
        count += len(decoder.decode_lines(block))
        seconds += time.perf_counter() - started
    return seconds, count


def _blocks(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:  # noqa: PTH123
        while block := file.read(_BLOCK_BYTES):
            yield block + file.readline()


TASKS: dict[str, Callable[..., Awaitable[Measurement]]] = {
    task.__name__: task for task in (records, drain, listing)
}

if __name__ == "__main__":
    trio.run(TASKS[sys.argv[1]], *sys.argv[2:]).report()
