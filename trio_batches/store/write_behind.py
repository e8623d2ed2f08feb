"""A thread that writes a part file while more of it comes."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, final

import trio

from trio_batches.client.nursery import open_hidden_nursery
from trio_batches.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trio_batches.store.part_file import PartFile

__all__ = ("WriteBehind", "open_write_behind")

WAITING_BYTES = 4 << 20
"""What may wait for the disk.

It is also what is taken at once when the disk is behind. The thread has to get the
interpreter back from the event loop after everything that it does, which can take as long
as hashing a megabyte: half as much waiting costs a tenth of a download's time.
"""


@final
class WriteBehind:
    """Blocks between the task that brings them and the thread that writes them."""

    def __init__(self, part: PartFile) -> None:
        self._part = part
        self._blocks: SimpleQueue[bytes] = SimpleQueue()
        self._waiting = 0
        self._ended = False
        self._arrived = trio.lowlevel.ParkingLot()
        self._room = trio.lowlevel.ParkingLot()
        self._token = trio.lowlevel.current_trio_token()

    async def write(self, block: bytes) -> None:
        """Leave whole lines to the thread; a checkpoint only where much waits already."""
        while self._waiting >= WAITING_BYTES:
            await self._room.park()
        self._waiting += len(block)
        self._blocks.put(block)
        self._arrived.unpark_all()

    def end(self) -> None:
        """Tell that nothing more comes."""
        self._ended = True
        self._arrived.unpark_all()

    async def run(self) -> None:
        """Write what comes until the end; there is a thread while there is something to write.

        Raises:
            StorageError: The disk is full or failing; what waits is lost.
        """
        while not (self._ended and self._blocks.empty()):
            if self._blocks.empty():
                await self._arrived.park()
            else:
                await trio.to_thread.run_sync(self._write_all)

    def _write_all(self) -> None:
        while blocks := self._take():
            for block in blocks:
                self._part.add(block)
            self._part.flush()
            self._token.run_sync_soon(self._written, sum(map(len, blocks)))

    def _take(self) -> list[bytes]:
        blocks: list[bytes] = []
        with suppress(Empty):
            while True:
                blocks.append(self._blocks.get_nowait())
        return blocks

    def _written(self, size: int) -> None:
        self._waiting -= size
        self._room.unpark_all()


@asynccontextmanager
async def open_write_behind(part: PartFile) -> AsyncGenerator[WriteBehind]:
    """Write a part beside the block, in a worker thread.

    Nobody else may touch the part meanwhile. Leaving the block, by whatever way, waits
    until what it has brought is written.

    Raises:
        StorageError: The disk is full or failing; the block is cancelled then.
    """
    behind = WriteBehind(part)
    failure: StorageError | None = None
    async with open_hidden_nursery() as nursery:

        async def run() -> None:
            nonlocal failure
            try:
                with trio.CancelScope(shield=True):  # the end of the block ends it
                    await behind.run()
            except StorageError as error:
                failure = error
                nursery.cancel_scope.cancel()

        nursery.start_soon(run)
        try:
            yield behind
        finally:
            behind.end()
    if failure is not None:
        raise failure
