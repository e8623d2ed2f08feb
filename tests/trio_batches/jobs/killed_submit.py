"""Submit some requests, and end like a killed process at a named step.

python -m tests.trio_batches.jobs.killed_submit BASE_URL HOME COUNT STEP NTH
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import trio

from tests.trio_batches.jobs.submissions import requests
from trio_batches.client import Client
from trio_batches.client.batches import Batches
from trio_batches.jobs import sending, submit
from trio_batches.store import Home, Ledger, kept_requests, open_ledger, spool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")

PLACES = {
    "spool": (spool.Spool, "finish"),
    "plan": (Ledger, "plan"),
    "claim": (Ledger, "claim_sending"),
    "create": (Batches, "create_encoded"),
    "confirm": (Ledger, "confirm"),
    "put-away": (sending, "put_away"),
    "keep": (kept_requests, "sync_folder"),
    "ambiguous": (Ledger, "mark_ambiguous"),
    "give-up": (Ledger, "plan_again"),
}


class Killer:
    """Kills this process before, in the middle of, or after the n-th call of something."""

    def __init__(self, when: str, nth: int) -> None:
        self._when = when
        self._left = nth

    def _is_due(self) -> bool:
        self._left -= 1
        return self._left == 0

    def around_sync(self, call: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(call)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            due = self._is_due()
            if due and self._when == "before":
                _die()
            result = call(*args, **kwargs)
            if due:
                _die()
            return result

        return wrapper

    def around(self, call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(call)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            due = self._is_due()
            if due and self._when == "before":
                _die()
            with trio.move_on_after(0.3 if due and self._when == "during" else float("inf")):
                result = await call(*args, **kwargs)
                if not due:
                    return result
            _die()
            raise AssertionError("dead")

        return wrapper


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(base_url: str, home: Home, count: int) -> None:
    setattr(spool, "MAX_REQUESTS", 4)  # noqa: B010  # so that few requests fill several batches
    async with Client(api_key="sk-fake", base_url=base_url) as client, open_ledger(home) as ledger:
        await submit(client, ledger, home, [requests(count)])


if __name__ == "__main__":
    base_url, folder, count, step, nth = sys.argv[1:]
    when, name = step.split()
    owner, attribute = PLACES[name]
    killer = Killer(when, int(nth))
    call = getattr(owner, attribute)
    wrap = killer.around_sync if name in ("spool", "put-away", "keep") else killer.around
    setattr(owner, attribute, wrap(call))
    trio.run(main, base_url, Home(Path(folder)), int(count))
