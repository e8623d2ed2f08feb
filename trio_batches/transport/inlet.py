"""What has arrived of a body: small pieces in, as many as there are of them out at once."""

from __future__ import annotations

from typing import final

import trio

__all__ = ("Inlet",)

MAX_BYTES = 1 << 20
"""Held at most, but for the piece that reaches it: what is taken at once becomes one block."""


@final
class Inlet:
    """Bytes on their way from a task that reads to a task that takes."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._ended = False
        self._changed = trio.lowlevel.ParkingLot()

    @property
    def is_full(self) -> bool:
        """Whether to wait for room before more is put in."""
        return self._size >= MAX_BYTES

    def put(self, piece: bytes) -> None:
        """Add a piece."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._changed:
            self._changed.unpark_all()

    async def wait_for_room(self) -> None:
        """Return when there is room again."""
        while self.is_full:
            await self._changed.park()

    def end(self) -> None:
        """Tell that nothing more comes."""
        self._ended = True
        self._changed.unpark_all()

    async def take(self) -> bytes:
        """Wait until something is there and take all of it; empty at the end."""
        while not self._pieces and not self._ended:
            await self._changed.park()
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        self._changed.unpark_all()
        return data
