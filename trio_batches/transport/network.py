"""Byte streams for the HTTP library: Trio's own, read in large pieces.

The HTTP library asks for 64 KiB at a time. A results file of 200 MB over
loopback takes twice as long that way as with the size below, since each read
costs a pass through the event loop and three layers of generators.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, cast, final

import httpcore
import trio
from typing_extensions import override

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator, Iterable

    from trio_batches.transport.exchange import Connect

__all__ = ("TrioNetwork",)

READ_BYTES = 1 << 19
"""Bytes asked of the kernel at once: more takes memory from every stream, and hardly saves time."""

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
    """What arrives for a TLS stream to decrypt: much at a time, or only what is there already.

    A TLS stream hands out one record a call, 16 KiB at most. The records that came
    with it follow without a wait, but only the transport below learns when they end.
    """

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream
        self.may_wait = True

    @override
    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if not self.may_wait:
            raise trio.WouldBlock
        return await self._stream.receive_some(READ_BYTES)

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()


@final
class _Stream(httpcore.AsyncNetworkStream):
    """A stream in the clear, or one that decrypts what it receives from a ciphertext."""

    def __init__(
        self,
        stream: trio.abc.Stream,
        *,
        raw: trio.abc.Stream,
        ciphertext: _Ciphertext | None = None,
    ) -> None:
        self._stream = stream
        self._raw = raw
        self._ciphertext = ciphertext
        self._quiet_until = 0.0

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        with (
            _mapped(httpcore.ReadTimeout, httpcore.ReadError),
            trio.fail_after(_or_infinite(timeout)),
        ):
            pieces = [await self._stream.receive_some(max(max_bytes, READ_BYTES))]
            if self._ciphertext is not None:
                await self._decrypt_the_rest(pieces, self._ciphertext)
            return b"".join(pieces)

    async def _decrypt_the_rest(
        self, pieces: list[bytes | bytearray], ciphertext: _Ciphertext
    ) -> None:
        """Add what more has come with the first piece, without waiting for anything."""
        size = len(pieces[0])
        ciphertext.may_wait = False
        try:
            while pieces[-1] and size < READ_BYTES:
                pieces.append(await self._stream.receive_some(READ_BYTES))
                size += len(pieces[-1])
        except (trio.WouldBlock, trio.BrokenResourceError):
            pass  # no whole record is left; or a broken one, which the next read meets
        finally:
            ciphertext.may_wait = True

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
        return _Stream(secured, raw=self._raw, ciphertext=ciphertext)

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
