"""What an HTTP connection has received and not handed on yet, without copying it.

h11 keeps that in a `bytearray`: each piece of a body is copied into it, sliced out of
it twice, and copied once more to become `bytes`. For results that is a sixth of all the
work. Here a piece that is handed on whole is the object that came from the network.

Each chunk of a body costs a pass through h11 and all that is above it, whatever its
size. So those that are here whole, one after another, are given to h11 as one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, final

if TYPE_CHECKING:
    from typing import Self

__all__ = ("Unread", "hand_on_uncopied", "replace_buffer")

_CRLF = b"\r\n"

_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")

_WAY = ("stream", "_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")
"""From an httpx response to its h11 connection, attribute by attribute."""

_BUFFER = "_receive_buffer"


class _Buffer(Protocol):
    """What is asked of h11's own buffer here."""

    def __iadd__(self, data: bytes) -> Self: ...
    def __bytes__(self) -> bytes: ...
    def maybe_extract_lines(self) -> list[bytearray] | None: ...
    def is_next_line_obviously_invalid_request_line(self) -> bool: ...


@final
class Unread:
    """Stands in for the buffer of an `h11.Connection`; hands out slices of what came.

    Args:
        own: The buffer that it replaces, with what is unread in it: heads and trailers
            of messages, which are short, are still left to its class.
    """

    def __init__(self, own: _Buffer) -> None:
        self._own = type(own)
        self._data = bytes(own)
        self._start = 0
        self._joined = b""
        """The content of chunks whose size h11 has been told, until it asks for that."""

    def __iadd__(self, data: bytes) -> Self:
        """Add what came."""
        self._data = data if not self else self._data[self._start :] + data
        self._start = 0
        return self

    def __len__(self) -> int:
        """Return how much is unread."""
        return len(self._data) - self._start

    def __bytes__(self) -> bytes:
        """Return what is unread, and leave it there."""
        return self._data[self._start :]

    def maybe_extract_at_most(self, count: int) -> bytes | None:
        """Take so many bytes, or all there are; None if there are none."""
        if self._joined:
            joined, self._joined = self._joined, b""
            return joined
        return self._take(self._start + count) if self else None

    def maybe_extract_next_line(self) -> bytes | None:
        """Take the line with the size of a chunk; None if it is not all there.

        The size is that of all chunks that are there whole.
        """
        chunks, end = _whole_chunks(self._data, self._start)
        if len(chunks) > 1:
            self._joined, self._start = b"".join(chunks), end
            return b"%x\r\n" % len(self._joined)
        end = self._data.find(_CRLF, self._start)
        return None if end < 0 else self._take(end + len(_CRLF))

    def maybe_extract_lines(self) -> list[bytearray] | None:
        """Take all lines up to an empty one; None if that is not there."""
        own = self._copy()
        lines = own.maybe_extract_lines()
        if lines is not None:
            self._data, self._start = bytes(own), 0
        return lines

    def is_next_line_obviously_invalid_request_line(self) -> bool:
        """Tell whether this is no HTTP, such as the start of an encrypted stream."""
        return self._copy().is_next_line_obviously_invalid_request_line()

    def _copy(self) -> _Buffer:
        own = self._own()
        own += bytes(self)
        return own

    def _take(self, end: int) -> bytes:
        taken = self._data[self._start : end]
        self._start += len(taken)
        if not self:  # holds nothing that was handed on
            self._data, self._start = b"", 0
        return taken


def _whole_chunks(data: bytes, start: int) -> tuple[list[memoryview], int]:
    """Find chunks that are there whole, up to one that is unusual: h11 knows what to do with it.

    Returns:
        What is in them, and the place of the last one's footer.
    """
    contents: list[memoryview] = []
    view, end = memoryview(data), start
    while head := _CHUNK_HEAD.match(data, start):
        first = head.end()
        last = first + int(head[1], 16)
        start = last + len(_CRLF)
        if last == first or data[last:start] != _CRLF:
            break
        contents.append(view[first:last])
        end = last
    return contents, end


def hand_on_uncopied(response: object) -> None:
    """Let the rest of a response's body come from its connection uncopied.

    Neither httpx nor httpcore lets anyone choose this buffer, so the way to it leads
    through private names. Where one of them is missing, all works as it did, slower.

    Args:
        response: An `httpx.Response` whose body is not read yet.
    """
    part: object = response
    for name in _WAY:
        part = getattr(part, name, None)
    replace_buffer(part)


def replace_buffer(connection: object) -> None:
    """Replace the buffer of an `h11.Connection`, once; leave everything else as it is."""
    own = getattr(connection, _BUFFER, None)
    if own is not None and not isinstance(own, Unread):
        setattr(connection, _BUFFER, Unread(own))
