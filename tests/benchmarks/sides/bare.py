"""What cannot be undercut in Python: httpx under Trio, msgspec, and nothing around them."""

from __future__ import annotations

import sys
import time
import zlib
from typing import TYPE_CHECKING

import httpx
import msgspec
import trio

from tests.benchmarks.measurement import Measurement, peak_memory, resident_memory
from tests.benchmarks.sides.prompts import make_requests
from tests.benchmarks.sides.watch import Watch
from trio_batches.protocol.zstd import load_zstd
from trio_batches.types import BatchResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

_BLOCK_BYTES = 1 << 18


async def records(base_url: str, batch_id: str, path: str) -> Measurement:
    """Drain the results and take their encoding off, then decode the same bytes from memory."""
    drained = await drain(base_url, batch_id)
    seconds, count = await trio.to_thread.run_sync(_decode, path)
    return Measurement(seconds=drained.seconds + seconds, items=count, memory=peak_memory())


async def drain(base_url: str, batch_id: str) -> Measurement:
    """Drain the results into nowhere."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        started = time.perf_counter()
        batch = (await client.get(f"/v1/messages/batches/{batch_id}")).json()
        await _read(client, batch["results_url"], len)
        seconds = time.perf_counter() - started
    return Measurement(seconds=seconds)


async def line(base_url: str, warm_up: str, batch_id: str) -> Measurement:
    """Drain one line over a connection that is open already, then decode it."""
    async with httpx.AsyncClient(base_url=base_url) as client:
        for each in (warm_up, batch_id):
            started = time.perf_counter()
            batch = (await client.get(f"/v1/messages/batches/{each}")).json()
            pieces: list[bytes] = []
            await _read(client, batch["results_url"], pieces.append)
            count = len(msgspec.json.Decoder(BatchResult).decode_lines(b"".join(pieces)))
            seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=count)


async def create(base_url: str, count: str) -> Measurement:
    """Encode requests and send them, unchecked, as one body."""
    requests = make_requests(int(count))
    async with httpx.AsyncClient(base_url=base_url, headers=_HEADERS) as client:
        before = resident_memory()
        with Watch() as watch:
            body = msgspec.json.encode({"requests": requests})
            await client.post("/v1/messages/batches", content=body)
    return watch.measurement(len(requests), memory=max(0, peak_memory() - before))


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


_OFFER = {"accept-encoding": "gzip, zstd"}
_UNPACKERS: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "": lambda: lambda piece: piece,
    "gzip": lambda: zlib.decompressobj(31).decompress,
    "zstd": lambda: load_zstd().ZstdDecompressor().decompress,
}
_HEADERS = {"authorization": "Bearer sk-ant-benchmark", "anthropic-version": "2026-10-21"}


async def _read(client: httpx.AsyncClient, url: str, take: Callable[[bytes], object]) -> None:
    """Read a body as it comes; only zlib or zstd, without a bound, is between."""
    async with client.stream("GET", url, headers=_OFFER) as response:
        unpack = _UNPACKERS[response.headers.get("content-encoding", "")]()
        async for piece in response.aiter_raw():
            take(unpack(piece))


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
    task.__name__: task for task in (records, drain, line, create, listing)
}

if __name__ == "__main__":
    trio.run(TASKS[sys.argv[1]], *sys.argv[2:]).report()
