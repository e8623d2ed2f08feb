"""Where batches are submitted of which requests fail, and those sent again."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from trio_batches.jobs import Resubmission, download, resubmit, submit
from trio_batches.jobs.joining import read_failures
from trio_batches.simulator import World
from trio_batches.store import Home, open_ledger
from trio_batches.store.receipt import load_receipt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.client import Client
    from trio_batches.simulator import Scenario
    from trio_batches.store import Ledger


def request(custom_id: str, text: str = "Hello", max_tokens: int = 10) -> dict[str, object]:
    params = {
        "model": "claude-sonnet-5-5",
        "max_tokens": max_tokens,
        "messages": [{"role": "user", "content": text}],
    }
    return {"custom_id": custom_id, "params": params}


class Office:
    """A home with a ledger, a client, and a service where things fail."""

    def __init__(self, world: World, client: Client, ledger: Ledger, home: Home) -> None:
        self.world, self.client, self.ledger, self.home = world, client, ledger, home

    async def submit(self, requests: Sequence[dict[str, object]], **options: object) -> str:
        """Submit requests and let their batch end."""
        done = await submit(self.client, self.ledger, self.home, [requests], **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        await self.end(done.batch_ids[0])
        return done.batch_ids[0]

    async def end(self, batch_id: str) -> None:
        await self.client.messages.batches.wait(batch_id)

    async def submit_to_fail(self, text: str, errors: dict[str, str]) -> str:
        """Submit requests r1 and r2, of which some fail with errors of these types."""
        asked_for = [request(name, text) for name in ("r1", "r2")]
        done = await submit(self.client, self.ledger, self.home, [asked_for])
        batch = self.world.shelf.find(done.batch_ids[0])
        assert batch is not None
        names = [name.decode() for name in batch.custom_ids or ()]
        batch.faults = {names.index(name): (type_, "no") for name, type_ in errors.items()}
        await self.end(done.batch_ids[0])
        return done.batch_ids[0]

    async def resubmit(self, *batch_ids: str, **options: object) -> Resubmission:
        return await resubmit(
            self.client,
            self.ledger,
            self.home,
            batch_ids,
            **options,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        )

    async def failed(self, batch_id: str, *, include_invalid: bool = False) -> set[str]:
        """Return what the service says failed."""
        await download(self.client, [batch_id], self.home.results)
        receipt = load_receipt(self.home.results, batch_id)
        assert receipt is not None
        found = read_failures(self.home.results, receipt, include_invalid=include_invalid)
        return set(found.kinds)

    def kept(self, batch_id: str) -> list[dict[str, object]]:
        path = self.home.requests / f"{batch_id}.jsonl"
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]

    def kept_ids(self, batch_id: str) -> set[object]:
        return {kept["custom_id"] for kept in self.kept(batch_id)}


def some(count: int, prefix: str = "r") -> list[dict[str, object]]:
    return [request(f"{prefix}{number}", f"Hello {number}") for number in range(count)]


@asynccontextmanager
async def open_office(network: Network, folder: Path, scenario: Scenario) -> AsyncGenerator[Office]:
    """Open a home in a folder, and let a new world behave as a scenario says."""
    world = network.serve(world=World(seed=5, scenario=scenario))
    home = Home(folder)
    async with network.client() as client, open_ledger(home) as ledger:
        yield Office(world, client, ledger, home)
