"""The simulator in a process of its own, so that it does not share our event loop."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Self

import msgspec
import trio

from tests.benchmarks.contest import PROJECT, environment, program
from trio_batches.simulator import Scenario, World, open_simulator

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ("Service",)


class _Order(msgspec.Struct, frozen=True):
    scenario: Scenario
    batches: int
    requests: int
    result_bytes: int


class _Address(msgspec.Struct, frozen=True):
    base_url: str
    batch_ids: list[str]


class Service:
    """A context manager around a simulated service full of ended batches."""

    def __init__(
        self, scenario: Scenario, *, batches: int, requests: int = 10, result_bytes: int = 1500
    ) -> None:
        order = msgspec.json.encode(_Order(scenario, batches, requests, result_bytes))
        self._process = subprocess.Popen(
            program("service", order.decode()),
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            cwd=PROJECT,
            env=environment(),
        )
        assert self._process.stdout is not None
        address = msgspec.json.decode(self._process.stdout.readline(), type=_Address)
        self.base_url = address.base_url
        self.batch_ids = address.batch_ids

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()


async def _serve(order: _Order) -> None:
    world = World(3, scenario=order.scenario)
    for number in range(order.batches):
        world.add_ended_batch(order.requests, result_bytes=order.result_bytes, age=3600.0 + number)
    async with open_simulator(world) as simulator:
        address = _Address(simulator.base_url, world.batch_ids)
        sys.stdout.buffer.write(msgspec.json.encode(address) + b"\n")
        sys.stdout.buffer.flush()
        await trio.sleep_forever()


if __name__ == "__main__":
    trio.run(_serve, msgspec.json.decode(sys.argv[1], type=_Order))
