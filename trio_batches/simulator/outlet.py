"""The sending side of one connection: paced, and able to end in unpleasant ways."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("Outlet",)

_STEPS_PER_SECOND = 50
_LEAST_STEP = 1024
_LINGER_NOT = struct.pack("ii", 1, 0)


class Outlet:
    """Sends bytes, no faster than it may.

    Args:
        stream: Where to.
        bandwidth: Bytes a second; as fast as the reader reads if absent.
    """

    def __init__(self, stream: trio.abc.Stream, bandwidth: float | None) -> None:
        self._stream = stream
        self._bandwidth = bandwidth
        self._free_at = 0.0

    async def send(self, data: bytes) -> None:
        """Send all of it."""
        if self._bandwidth is None:
            await self._stream.send_all(data)
            return
        self._free_at = max(self._free_at, trio.current_time())
        for piece in self._pieces(data, self._bandwidth):
            await self._stream.send_all(piece)
            self._free_at += len(piece) / self._bandwidth
            await trio.sleep_until(self._free_at)

    async def wait_gone(self, seconds: float | None) -> bool:
        """Send nothing for some seconds, or for ever; tell whether the client left meanwhile."""
        with trio.move_on_after(float("inf") if seconds is None else seconds):
            while await self._stream.receive_some():
                pass
            return True
        return False

    def reset(self) -> None:
        """Make the coming close of a socket a reset; other streams know no such thing."""
        if isinstance(self._stream, trio.SocketStream):
            self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)

    @staticmethod
    def _pieces(data: bytes, bandwidth: float) -> Iterator[bytes]:
        step = max(_LEAST_STEP, int(bandwidth / _STEPS_PER_SECOND))
        return (data[at : at + step] for at in range(0, len(data), step))
