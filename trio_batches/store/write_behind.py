"""A thread that writes a part file while more of it comes."""

from __future__ import annotations

from collections import deque
from contextlib import asynccontextmanager
from io import BytesIO
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import StorageError
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trio_batches.store.part_file import PartFile

__all__ = ("WriteBehind", "open_write_behind")

FULL_BYTES = 4 << 20
"""From so much on, what waits is not added to.

After everything that it does, the thread has to get the interpreter back from the event
loop, which takes up to half a millisecond: so it is given much at once.
"""


@final
class WriteBehind:
    """Two buffers between the task that brings blocks and the thread that writes them.

    While one of them is hashed and written, the other one is filled.
    """

    def __init__(self, part: PartFile) -> None:
        self._part = part
        self._buffers = [BytesIO(), BytesIO()]
        """Those that the thread does not have; the first one is filled."""
        self._handed_over: deque[BytesIO] = deque()
        self._ended = False
        self._work = trio.lowlevel.ParkingLot()
        self._room = trio.lowlevel.ParkingLot()
        self._token = trio.lowlevel.current_trio_token()

    async def write(self, block: bytes) -> None:
        """Leave whole lines to the thread; a checkpoint only where it has both buffers."""
        while not self._buffers:
            await self._room.park()
        self._buffers[0].write(self._part.following(block))
        self._hand_over()

    def end(self) -> None:
        """Tell that nothing more comes."""
        self._ended = True
        self._hand_over()
        self._work.unpark_all()

    async def run(self) -> None:
        """Write what comes until the end; there is a thread while there is something to write.

        Raises:
            StorageError: The disk is full or failing; what waits is lost.
        """
        while True:
            if self._handed_over:
                await trio.to_thread.run_sync(self._write_all)
            elif self._ended:
                return
            else:
                await self._work.park()

    def _hand_over(self) -> None:
        """Let the thread have what waits: if it is at rest, if that is much, or at the end."""
        at_rest = len(self._buffers) > 1
        waiting = self._buffers[0].tell() if self._buffers else 0
        if waiting and (at_rest or waiting >= FULL_BYTES or self._ended):
            self._handed_over.append(self._buffers.pop(0))
            self._work.unpark_all()

    def _write_all(self) -> None:
        self._part.flush()
        while self._handed_over:
            self._write(self._handed_over.popleft())

    def _write(self, buffer: BytesIO) -> None:
        self._part.write(buffer.getbuffer()[: buffer.tell()])
        self._token.run_sync_soon(self._take_back, buffer)

    def _take_back(self, buffer: BytesIO) -> None:
        buffer.seek(0)
        self._buffers.append(buffer)
        self._room.unpark_all()
        self._hand_over()


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
