"""Byte streams for the HTTP library: Trio's own, read in large pieces.

The HTTP library asks for 64 KiB at a time. A results file of 200 MB over
loopback takes twice as long that way as with the size below, since each read
costs a pass through the event loop and six layers of generators.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast, final

import httpcore
import trio
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from trio_batches.transport.exchange import Connect

__all__ = ("TrioNetwork", "keep_freed_memory")

READ_BYTES = 1 << 20
"""Bytes asked of the kernel at once: more takes memory from every stream, and hardly saves time."""

KEPT_BYTES = 4 << 20
"""A few reads and the blocks made of them."""

RECORD_BYTES = 1 << 14
"""What a TLS record holds at most."""

QUIET_SECONDS = 0.005
"""How long a connection that nothing came from counts as open: what is on its way takes longer."""


@final
class TrioNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections by a function such as `trio.open_tcp_stream`."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the interface's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection; the client sets neither a local address nor socket options."""
        with (
            _mapped(httpcore.ConnectTimeout, httpcore.ConnectError),
            trio.fail_after(_or_infinite(timeout)),
        ):
            stream = await self._connect(host, port)
            return _Stream(stream, raw=stream)

    @override
    async def sleep(self, seconds: float) -> None:
        """Sleep on Trio's clock."""
        await trio.sleep(seconds)


@final
class _Ciphertext(trio.abc.ReceiveStream):
    """What arrives for a TLS stream to decrypt, much at a time."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream

    @override
    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        return await self._stream.receive_some(READ_BYTES)

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()


_Secured: TypeAlias = trio.SSLStream[trio.StapledStream[trio.abc.Stream, _Ciphertext]]


@final
class _Stream(httpcore.AsyncNetworkStream):
    """A stream, in the clear or encrypted, above a raw one.

    Args:
        stream: Sends and receives.
        raw: Tells whether something has come.
        decrypted: Returns what a TLS stream can decrypt without receiving anything.
    """

    def __init__(
        self,
        stream: trio.abc.Stream,
        *,
        raw: trio.abc.Stream,
        decrypted: Callable[[], list[bytes]] | None = None,
    ) -> None:
        self._stream = stream
        self._raw = raw
        self._decrypted = decrypted
        self._quiet_until = 0.0

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        with (
            _mapped(httpcore.ReadTimeout, httpcore.ReadError),
            trio.fail_after(_or_infinite(timeout)),
        ):
            if self._decrypted is None:
                return bytes(await self._stream.receive_some(READ_BYTES))
            first = await self._stream.receive_some(RECORD_BYTES)
            return b"".join((first, *self._decrypted()) if first else ())

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        with (
            _mapped(httpcore.WriteTimeout, httpcore.WriteError),
            trio.fail_after(_or_infinite(timeout)),
        ):
            self._quiet_until = 0.0
            await self._stream.send_all(buffer)

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()

    @override
    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        ciphertext = _Ciphertext(self._stream)
        secured = trio.SSLStream(
            trio.StapledStream(self._stream, ciphertext),
            ssl_context,
            server_hostname=server_hostname,
            https_compatible=True,
        )
        shaken = False
        try:
            with (
                _mapped(httpcore.ConnectTimeout, httpcore.ConnectError),
                trio.fail_after(_or_infinite(timeout)),
            ):
                await secured.do_handshake()
            shaken = True
        finally:
            if not shaken:  # cancelled ones included: nobody else knows the stream by now
                await trio.aclose_forcefully(self._stream)
        return _Stream(secured, raw=self._raw, decrypted=partial(_decrypt, secured))

    @override
    def get_extra_info(self, info: str) -> object:
        if info != "is_readable":
            return None
        return isinstance(self._raw, trio.SocketStream) and self._is_readable(self._raw.socket)

    def _is_readable(self, socket: trio.socket.SocketType) -> bool:
        # The pool asks it of every idle connection for every request, and the system
        # call lets other threads take over: a moment's answer holds for the next one.
        now = time.monotonic()
        if now >= self._quiet_until:
            if socket.is_readable():
                return True
            self._quiet_until = now + QUIET_SECONDS
        return False


def keep_freed_memory() -> None:
    """Let this process keep what reads have freed for the next ones.

    Where the C library is glibc, a block that is larger than any before is mapped from
    the system; when it is freed, twice its size becomes what is kept. Else every read of
    a megabyte costs hundreds of page faults: a tenth of the time that results take.
    """
    bytes(KEPT_BYTES)


def _decrypt(stream: _Secured) -> list[bytes]:
    """Return the records that have come whole, without a pass of the loop for each of them."""
    read = stream._ssl_object.read  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    records: list[bytes] = []
    # It raises when no whole record is left; at a broken one, too, which the next read meets.
    with contextlib.suppress(ssl.SSLError):
        while record := read(RECORD_BYTES):
            records.append(record)
    return records


def _or_infinite(timeout: float | None) -> float:
    return float("inf") if timeout is None else timeout


@contextlib.contextmanager
def _mapped(too_slow: type[Exception], broken: type[Exception]) -> Generator[None]:
    """Turn Trio's and the system's errors into those that the HTTP library knows."""
    try:
        yield
    except trio.TooSlowError as exc:
        raise too_slow(str(exc)) from exc
    except (trio.BrokenResourceError, trio.ClosedResourceError, OSError) as exc:
        raise broken(_reason(exc)) from exc


def _reason(exc: BaseException) -> str:
    """Return why, of a failure that may have as many causes as a host has addresses."""
    cause: BaseException = exc.__cause__ or exc
    while isinstance(cause, BaseExceptionGroup):
        (cause, *_) = cast("BaseExceptionGroup[BaseException]", cause).exceptions
    return (isinstance(cause, OSError) and cause.strerror) or str(cause)
