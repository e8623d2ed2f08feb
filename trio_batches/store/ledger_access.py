"""How the ledger's methods reach its file: one writer, one reader, in worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import trio

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection

    from trio_batches.store.ledger_connection import LedgerFile

__all__ = ("LedgerAccess",)

T = TypeVar("T")


class LedgerAccess:
    """Work on an open ledger's file, one write and one read at a time.

    A thread that has begun is not abandoned: when a call is cancelled, its write
    has not happened; when it has happened, the call returns.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._writing: trio.CapacityLimiter = trio.CapacityLimiter(1)
        self._reading: trio.CapacityLimiter = trio.CapacityLimiter(1)
        self._closed = False

    async def aclose(self) -> None:
        """Close the file, once the call that uses it is done."""
        self._closed = True
        with trio.CancelScope(shield=True):
            async with self._writing, self._reading:
                await trio.to_thread.run_sync(self._file.close)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await self._run(self._file.read, work, self._reading)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self._run(self._file.write, work, self._writing)

    async def _run(
        self,
        do: Callable[[Callable[[Connection], T]], T],
        work: Callable[[Connection], T],
        limiter: trio.CapacityLimiter,
    ) -> T:
        def unless_closed() -> T:
            if self._closed:
                raise trio.ClosedResourceError("this ledger is closed")
            return do(work)

        return await trio.to_thread.run_sync(unless_closed, limiter=limiter)
