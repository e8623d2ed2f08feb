"""Submissions, and what a simulated service has made of them."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from tests.trio_batches.transport.peers import BASE_URL
from trio_batches.jobs import resume, submit
from trio_batches.store import Home, open_ledger
from trio_batches.store.spool import WHOLE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.client import Client
    from trio_batches.jobs import Source, Submission
    from trio_batches.protocol.retry import RetryPolicy
    from trio_batches.simulator import World
    from trio_batches.store import Intent, Ledger


def request(custom_id: str, text: str = "hello") -> dict[str, object]:
    return {
        "custom_id": custom_id,
        "params": {
            "model": "claude-sonnet-5",
            "max_tokens": 16,
            "messages": [{"role": "user", "content": text}],
        },
    }


def requests(count: int, prefix: str = "r", text: str = "hello") -> list[dict[str, object]]:
    return [request(f"{prefix}{number}", text) for number in range(count)]


def lines(given: Iterable[object]) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in given)


def ids_in(world: World) -> Counter[str]:
    """Return how often each request is in a batch of the service."""
    return Counter(
        custom_id.decode() for batch in world.shelf for custom_id in batch.custom_ids or []
    )


def sizes(world: World) -> list[int]:
    """Return the sizes of the service's batches, oldest first."""
    return [batch.size for batch in world.shelf][::-1]


def creates(world: World) -> int:
    return sum(record.operation == "create" for record in world.requests)


class Desk:
    """Submits from one home to the service of a network."""

    def __init__(
        self,
        network: Network,
        folder: Path,
        *,
        retry: RetryPolicy | None = None,
        base_url: str = BASE_URL,
    ) -> None:
        self.home = Home(folder / "home")
        self._network = network
        self._retry = retry
        self._base_url = base_url

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[tuple[Client, Ledger]]:
        async with (
            self._network.client(base_url=self._base_url, retry=self._retry) as client,
            open_ledger(self.home) as ledger,
        ):
            yield client, ledger

    async def submit(  # noqa: PLR0913  # those of the job
        self,
        source: Source,
        *,
        keep: bool = True,
        again: bool = False,
        label: str | None = None,
        progress: Submission | None = None,
        concurrency: int = 2,
        queue_limit: int = 200_000,
    ) -> Submission:
        async with self.open() as (client, ledger):
            return await submit(
                client,
                ledger,
                self.home,
                [source],
                keep=keep,
                again=again,
                label=label,
                progress=progress,
                concurrency=concurrency,
                queue_limit=queue_limit,
            )

    async def resume(self, *, keep: bool = True) -> Submission:
        async with self.open() as (client, ledger):
            return await resume(client, ledger, self.home, keep=keep)

    async def intents(self) -> list[Intent]:
        async with open_ledger(self.home) as ledger:
            return await ledger._select("1")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def files(self) -> list[str]:
        """Return the names of all files of requests, those of spools with their folder's kind.

        A spool's mark is left out where its requests are.
        """
        found = [
            path
            for path in self.home.requests.rglob("*")
            if not path.is_dir() and not (path.name == WHOLE and list(path.parent.glob("*.jsonl")))
        ]
        return sorted(
            path.name
            if path.parent == self.home.requests
            else f"{path.parent.name.partition('-')[0]}/{path.name}"
            for path in found
        )

    def kept(self, batch_ids: Sequence[str]) -> list[bytes]:
        return [(self.home.requests / f"{name}.jsonl").read_bytes() for name in batch_ids]
