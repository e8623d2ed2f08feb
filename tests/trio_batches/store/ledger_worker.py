"""One of several processes that use a ledger at once; run by the tests.

Arguments: the home, a number of its own, what to do, and for how many seconds.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.store.ledger_samples import intent, seen
from trio_batches.errors import StorageError
from trio_batches.store import Home, ledger_connection, open_ledger

if TYPE_CHECKING:
    from trio_batches.store import Ledger

PIECE = 20


def say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def anywhere(_: Path) -> bool:
    return True


async def use(ledger: Ledger, own: int, seconds: float) -> None:
    """Write and read everything there is, and say how many pieces were written."""
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        first = own * 1_000_000 + count * PIECE
        batches = [seen(number, "in_progress") for number in range(first, first + PIECE)]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ledger.save_batches, batches)
            nursery.start_soon(ledger.set_label, f"shared_{count}", f"of {own}")
            nursery.start_soon(ledger.record, "written", batches[0][0].id)
            nursery.start_soon(ledger.plan, [intent(first)])
        assert await ledger.mark_sent(f"intent-{first}")
        assert await ledger.find(batches[0][0].id) is not None
        assert len(await ledger.batches(limit=PIECE)) == PIECE
        count += 1
    say(count)


async def look(ledger: Ledger, _: int, __: float) -> None:
    """Only open the ledger, and look at it."""
    say(len(await ledger.batches()))


async def race(ledger: Ledger, own: int, _: float) -> None:
    """Try to send each of a hundred intents, and say which ones are ours."""
    for number in range(100):
        if await ledger.mark_sent(f"intent-{number}"):
            await ledger.confirm(f"intent-{number}", *seen(own * 1_000 + number))
            say(number)


async def write(ledger: Ledger, own: int, _: float) -> None:
    """Write for ever, and say what has been written."""
    number = own * 1_000_000
    while True:
        await ledger.save_batches([seen(number)])
        await ledger.set_label(f"label_{number}", "written")
        say(number)
        number += 1


async def fill(ledger: Ledger, _: int, __: float) -> None:
    """Write until the disk is full, and say the error and how much was written."""
    count = 0
    try:
        while True:
            await ledger.save_batches(seen(count * 100 + number) for number in range(100))
            count += 1
    except StorageError as error:
        say(error)
    assert len(await ledger.batches()) == count * 100
    say(count * 100)


async def main() -> None:
    home, own, work, seconds, *network = sys.argv[1:]
    if network:
        logging.getLogger("trio_batches").setLevel(logging.ERROR)
        pytest.MonkeyPatch().setattr(ledger_connection, "on_network", anywhere)
    async with open_ledger(Home(Path(home))) as ledger:
        await {"use": use, "look": look, "race": race, "write": write, "fill": fill}[work](
            ledger, int(own), float(seconds)
        )


if __name__ == "__main__":
    trio.run(main)
