"""Small pieces of a body come together on their way to the sink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio
import trio.testing

from trio_batches.transport import inlet
from trio_batches.transport.inlet import Inlet

if TYPE_CHECKING:
    import pytest


async def test_all_that_has_come_is_taken_at_once() -> None:
    pieces = Inlet()
    for piece in (b"one ", b"two ", b"three"):
        pieces.put(piece)
    assert await pieces.take() == b"one two three"
    pieces.end()
    assert await pieces.take() == b""


async def test_what_came_before_the_end_is_taken_first() -> None:
    pieces = Inlet()
    pieces.put(b"last")
    pieces.end()
    assert [await pieces.take(), await pieces.take()] == [b"last", b""]


async def test_who_takes_waits_for_who_puts() -> None:
    pieces = Inlet()
    taken: list[bytes] = []

    async def take() -> None:
        while data := await pieces.take():
            taken.append(data)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take)
        await trio.testing.wait_all_tasks_blocked()
        pieces.put(b"1")
        await trio.testing.wait_all_tasks_blocked()
        assert taken == [b"1"]
        pieces.end()


async def test_who_puts_waits_while_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inlet, "MAX_BYTES", 3)
    pieces = Inlet()
    done = 0

    async def put() -> None:
        nonlocal done
        for _ in range(4):
            pieces.put(b"xx")
            await pieces.wait_for_room()
            done += 1

    async with trio.open_nursery() as nursery:
        nursery.start_soon(put)
        await trio.testing.wait_all_tasks_blocked()
        assert done == 1
        assert await pieces.take() == b"xxxx"
        await trio.testing.wait_all_tasks_blocked()
        assert done == 3
        assert await pieces.take() == b"xxxx"
