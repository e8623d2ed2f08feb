"""A client that is closed while it is used, and calls that an interrupt ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing

from tests.trio_batches.jobs.submissions import creates, requests
from trio_batches.simulator import Fault
from trio_batches.transport.inlet import Inlet
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.trio_batches.transport.peers import Network

CLOSED = "the client was closed while it was used"


async def test_whatever_is_asked_when_the_client_closes_ends_and_nothing_is_sent_after(
    network: Network,
) -> None:
    world = network.serve(Fault(operation="retrieve", delay=3600))
    refused: list[str] = []

    async def use(call: Callable[[], Awaitable[object]]) -> None:
        with pytest.raises(RuntimeError, match=CLOSED) as caught:
            await call()
        refused.append(str(caught.value).split(":")[0])

    async with (
        trio.open_nursery() as users,
        network.client(limits=Limits(connections=1)) as client,
    ):
        batches = client.messages.batches
        users.start_soon(use, lambda: batches.retrieve("msgbatch_1"))
        while not world.requests:
            await trio.testing.wait_all_tasks_blocked()
        users.start_soon(use, lambda: batches.create(requests(2)))  # waits for the connection
        await trio.testing.wait_all_tasks_blocked()

    assert sorted(refused) == [
        "GET /v1/messages/batches/msgbatch_1",
        "POST /v1/messages/batches",
    ]
    assert creates(world) == 0
    assert len(network.dialled) == 1


async def test_an_interrupt_in_the_middle_of_an_answer_arrives_bare(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.serve()

    def interrupt(_: Inlet) -> None:
        raise KeyboardInterrupt

    async with network.client() as client:
        monkeypatch.setattr(Inlet, "end", interrupt)
        with pytest.raises(KeyboardInterrupt):
            await client.models.list()
