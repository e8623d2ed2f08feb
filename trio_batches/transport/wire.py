"""One attempt at one exchange over HTTP: the module that knows httpx.

httpx 0.28 loads rich and click where they are installed, so this module is
imported when a client opens, not when the package is imported.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, final

import httpx  # noqa: ASYNC127  # asked for; this module is the seam for its successor
import outcome
import trio
from typing_extensions import override

from trio_batches.errors import (
    ConfigurationError,
    ForeignOriginError,
    Phase,
    ProtocolError,
    TransportError,
)
from trio_batches.protocol.retry import retry_after
from trio_batches.transport.decoding import Decoding, DecodingError, encodings
from trio_batches.transport.exchange import Call, Connect, Reply, Sink
from trio_batches.transport.inlet import Inlet
from trio_batches.transport.network import TrioNetwork, keep_freed_memory
from trio_batches.transport.nursery import open_hidden_nursery
from trio_batches.transport.unread import hand_on_uncopied

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from trio_batches.transport.address import ServiceAddress
    from trio_batches.transport.limits import Limits

__all__ = ("Wire",)

MAX_REDIRECTS = 5
CLOSING_SECONDS = 5.0
"""How long a response may take to close when its task is already cancelled."""


@final
class Wire:
    """An open pool of connections to one service."""

    def __init__(self, http: httpx.AsyncClient, address: ServiceAddress, limits: Limits) -> None:
        self._http = http
        self._address = address
        self._limits = limits

    @classmethod
    async def open(cls, address: ServiceAddress, limits: Limits, connect: Connect) -> Self:
        """Load the certificates, off the event loop, and make the pool; connects to nothing yet.

        Raises:
            ConfigurationError: The environment names certificates or a proxy that cannot be used.
        """
        # Trusts nobody, and is never used: the key does not go to another scheme.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            if address.origin[0] == "https":
                context = await trio.to_thread.run_sync(httpx.create_ssl_context)
            http = httpx.AsyncClient(
                verify=context,
                limits=httpx.Limits(
                    max_connections=limits.connections, max_keepalive_connections=limits.connections
                ),
                headers={"accept-encoding": encodings()},
            )
        except OSError as exc:
            raise ConfigurationError(f"cannot load the certificates to trust: {exc}") from exc
        except (ImportError, ValueError, httpx.InvalidURL):
            # not from it: the URL of a proxy can hold a password
            raise ConfigurationError(
                "the environment names a proxy that is none, or of an unknown kind: "
                "write HTTPS_PROXY like http://host:port"
            ) from None
        _use_network(http, TrioNetwork(connect))
        keep_freed_memory()
        return cls(http, address, limits)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def exchange(self, call: Call, headers: Mapping[str, str], sink: Sink | None) -> Reply:
        """Send a request and read its whole answer, whatever its status.

        A successful answer's body goes to the sink piece by piece if there is one.

        Raises:
            ForeignOriginError: The target or a redirect leads to another origin;
                nothing was sent there.
            TransportError: The connection failed, or no byte came in time.
            ConfigurationError: A header cannot be sent; nothing was.
        """
        url = self._own_url(self._address.absolute(call.target))
        for _ in range(MAX_REDIRECTS + 1):
            reply, location = await self._attempt(call, url, headers, sink)
            if location is None:
                return reply
            url = self._own_url(str(url.join(location)))
        raise ProtocolError(f"{call.method} {call.target}: more than {MAX_REDIRECTS} redirects")

    def _own_url(self, text: str) -> httpx.URL:
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL as exc:
            raise ProtocolError(f"the service named a URL that is none: {exc}") from exc
        # raw_host, since httpx decodes what IDNA encodes in the other one
        host = url.raw_host.decode("ascii")
        if not self._address.owns(url.scheme, host, url.port) or url.userinfo:
            raise ForeignOriginError(
                f"the service named a URL at {url.scheme}://{url.netloc.decode()}, but this client "
                f"talks to {self._address.base_url} only: nothing was sent there"
            )
        return url

    async def _attempt(
        self, call: Call, url: httpx.URL, headers: Mapping[str, str], sink: Sink | None
    ) -> tuple[Reply, str | None]:
        upload = _Upload(call)
        phase: Phase = "waiting"
        try:
            response = await self._http.send(self._request(call, url, headers, upload), stream=True)
            try:
                phase = "receiving"
                content = bytearray()
                if sink is not None and response.is_success:
                    hand_on_uncopied(response)
                    await _drain(response, sink)
                else:
                    await _drain(response, _keep_in(content))
            finally:
                with trio.move_on_after(CLOSING_SECONDS, shield=True):
                    await response.aclose()
        except (httpx.RequestError, DecodingError) as exc:
            if isinstance(exc, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
                phase = "connecting"
            elif call.body is not None and not upload.finished:
                phase = "sending"
            raise TransportError(self._sentence(call, exc, phase), phase=phase) from exc
        finally:
            upload.close()
        location = response.headers.get("location") if response.is_redirect else None
        if location is not None and call.method != "GET":
            raise ProtocolError(f"{call.method} {call.target}: the answer is a redirect")
        return _reply(response, bytes(content)), location

    def _request(
        self, call: Call, url: httpx.URL, headers: Mapping[str, str], upload: _Upload
    ) -> httpx.Request:
        if call.query:
            url = url.copy_merge_params(dict(call.query))
        all_headers = dict(headers)
        if call.method != "GET":
            all_headers["content-type"] = "application/json"
            all_headers["content-length"] = str(call.body.length if call.body else 0)
        all_headers.update(call.headers)
        for name, value in all_headers.items():
            if not (value.isascii() and value.isprintable()):
                raise ConfigurationError(f"the value of the header {name} is not plain text")
        limits = self._limits
        timeout = httpx.Timeout(
            connect=limits.connect_timeout,
            read=limits.read_timeout if call.read_timeout is None else call.read_timeout,
            write=limits.write_timeout,
            pool=None,
        )
        request = self._http.build_request(call.method, url, headers=all_headers, timeout=timeout)
        # Not as `content`, and also where there is none: httpx makes a generator of it,
        # which a failed or cancelled request leaves open.
        request.stream = upload
        return request

    def _sentence(self, call: Call, exc: Exception, phase: Phase) -> str:
        what = {
            "connecting": f"cannot reach {self._address.base_url}",
            "sending": "the connection failed while the request was sent",
            "waiting": "the connection failed before an answer came",
            "receiving": "the connection failed in the middle of the answer",
        }[phase]
        if isinstance(exc, httpx.ReadTimeout):
            what = "nothing came from the service in time"
        detail = str(exc)
        return f"{call.method} {call.target}: {what}{f' ({detail})' if detail else ''}"


def _use_network(http: httpx.AsyncClient, network: TrioNetwork) -> None:
    """Let a client and its proxies connect in our way.

    httpcore, whose pools these are, has a parameter for it; httpx does not hand it on.
    """
    transports = (http._transport, *http._mounts.values())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for transport in transports:
        if isinstance(transport, httpx.AsyncHTTPTransport):
            pool = transport._pool  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            pool._network_backend = network  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _keep_in(content: bytearray) -> Sink:
    async def keep(piece: bytes) -> bool:  # noqa: ASYNC124  # a sink
        content.extend(piece)
        return True

    return keep


async def _drain(response: httpx.Response, sink: Sink) -> None:
    """Decode a body and give it to the sink until it has enough, each time all that has come.

    One read of the network can bring many chunks, and every piece that goes to
    the sink costs a pass through the tasks behind it. So the sink has its turn
    when the reading waits, or when there is enough for one.

    The HTTP library's nested generators end cleanly only when they are read to
    the end or cancelled while they wait. So whatever ends the reading, be it an
    error or the cancellation of this task while the sink waits, is kept until
    the generators have been ended by cancellation, and only then let go. That
    is why the body is decoded here: an error of the library's own decoding
    would leave the generators below it open.
    """
    decoding = Decoding(response.headers.get("content-encoding", ""))
    inlet = Inlet()
    reading = trio.CancelScope()
    wanted: outcome.Outcome[bool] = outcome.Value(True)  # noqa: FBT003

    async def read() -> None:
        with reading:
            async for piece in response.aiter_raw():
                inlet.put(piece)
                if inlet.is_full:
                    with suppress(trio.Cancelled):  # it comes again where the generators wait
                        await inlet.wait_for_room()

    async def hand_over() -> bool:
        while pieces := await inlet.take():
            for data in decoding.feed(pieces):
                if not await sink(data):
                    return False
        return True

    async def keep_outcome() -> None:
        nonlocal wanted
        wanted = await outcome.acapture(hand_over)
        reading.cancel()

    async with open_hidden_nursery() as nursery:  # only an interrupt is raised in it
        nursery.start_soon(keep_outcome)
        end = await outcome.acapture(read)
        inlet.end()
    if wanted.unwrap():
        end.unwrap()


def _reply(response: httpx.Response, content: bytes) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(
        status=response.status_code,
        headers=headers,
        content=content,
        retry_after=retry_after(headers, datetime.now(UTC)),
    )


def _no_blocks() -> Generator[bytes]:
    yield from ()


@final
class _Upload(httpx.AsyncByteStream):
    """A request body that knows whether all of it was handed over."""

    def __init__(self, call: Call) -> None:
        body = call.body
        self._blocks = _no_blocks() if body is None else body.blocks()
        self._left = 0 if body is None else body.length
        self._delivery = call.delivery
        self.finished = False

    def close(self) -> None:
        """Let go of what the body is read from."""
        self._blocks.close()

    @override
    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        await trio.lowlevel.checkpoint()
        for block in self._blocks:
            self._left -= len(block)
            if self._left <= 0 and self._delivery is not None:
                self._delivery.possible = True
            return block
        self.finished = True
        raise StopAsyncIteration
