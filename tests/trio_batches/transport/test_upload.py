"""A request that is cancelled: whether the service may have all of it, and what it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.transport.peers import BASE_URL, Network
from trio_batches.transport.address import ServiceAddress
from trio_batches.transport.exchange import Call, Delivery
from trio_batches.transport.limits import Limits
from trio_batches.transport.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Generator


class Body:
    """Three blocks; a scope is cancelled before one of them is handed over."""

    length = 9

    def __init__(self, scope: trio.CancelScope, cancelled_before: int) -> None:
        self.open = 0
        self._scope, self._last = scope, cancelled_before

    def blocks(self) -> Generator[bytes]:
        self.open += 1
        try:
            for number in range(1, 4):
                if number == self._last:
                    self._scope.cancel()
                yield b"abc"
        finally:
            self.open -= 1


async def never_answer(stream: trio.abc.Stream) -> None:
    async with stream:
        async for _ in stream:
            pass


@pytest.mark.parametrize(
    ("cancelled_before", "possible"), [(1, False), (2, False), (3, True), (4, True)]
)
async def test_a_cancelled_request_is_possible_once_its_last_block_is_on_its_way(
    network: Network, cancelled_before: int, *, possible: bool
) -> None:
    network.put(never_answer)
    wire = await Wire.open(ServiceAddress(BASE_URL), Limits(), network.connect)
    delivery, scope = Delivery(), trio.CancelScope(deadline=trio.current_time() + 5)
    body = Body(scope, cancelled_before)
    with scope:
        call = Call(method="POST", target="/", body=body, delivery=delivery)
        await wire.exchange(call, {}, None)
    await wire.aclose()

    assert scope.cancelled_caught
    assert delivery.possible is possible
    assert body.open == 0
