"""Connections, in the clear and encrypted, and through proxies."""

from __future__ import annotations

import contextlib
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
import trio.testing

from tests.trio_batches.transport.peers import HOST, KEY, ScriptedPeer, answer
from trio_batches.client import Client
from trio_batches.errors import ConfigurationError, TransportError
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Simulator, World
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network, Peer

PEM = Path(__file__).parent / "service.test.pem"
"""A certificate that a test has signed for itself, and its key."""

ONE_TRY = RetryPolicy(max_retries=0)


def encrypted(peer: Peer) -> Peer:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)

    async def serve(stream: trio.abc.Stream) -> None:
        with contextlib.suppress(trio.BrokenResourceError):  # a client that hangs up
            await peer(trio.SSLStream(stream, context, server_side=True, https_compatible=True))

    return serve


async def test_an_encrypted_service_is_talked_to(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    world = World()
    batch_id = world.add_ended_batch(2000)
    network.serve(world=world)
    network.put(encrypted(Simulator(world).handle), port=443)
    async with network.client(base_url="https://service.test") as client:
        await client.models.list()
        await client.models.list()
        assert network.dialled == [(HOST, 443)]
        url = f"https://service.test/v1/messages/batches/{batch_id}/results"
        batch = await client.messages.batches.retrieve(batch_id)
        batch = msgspec.structs.replace(batch, results_url=url)
        async with client.messages.batches.results(batch) as results:
            assert len([record async for record in results]) == 2000
    await trio.testing.wait_all_tasks_blocked()
    assert network.open == 0


async def test_a_certificate_that_nobody_trusts_ends_the_connection(network: Network) -> None:
    network.put(encrypted(Simulator(World()).handle), port=443)
    async with network.client(base_url="https://service.test", retry=ONE_TRY) as client:
        with pytest.raises(TransportError, match="certificate") as caught:
            await client.models.list()
        assert caught.value.phase == "connecting"
        await trio.testing.wait_all_tasks_blocked()
        assert network.open == 0


async def test_a_handshake_that_takes_too_long_ends_the_connection(network: Network) -> None:
    network.put(ScriptedPeer(), port=443)
    async with network.client(
        base_url="https://service.test", retry=ONE_TRY, limits=Limits(connect_timeout=3)
    ) as client:
        with pytest.raises(TransportError, match="cannot reach https"):
            await client.models.list()
        assert trio.current_time() == 3
        await trio.testing.wait_all_tasks_blocked()
        assert network.open == 0


async def test_a_handshake_that_is_cancelled_ends_the_connection(network: Network) -> None:
    network.put(ScriptedPeer(), port=443)
    async with network.client(base_url="https://service.test", retry=ONE_TRY) as client:
        with trio.move_on_after(2) as scope:
            await client.models.list()
        assert scope.cancelled_caught
        await trio.testing.wait_all_tasks_blocked()
        assert network.open == 0


async def test_certificates_that_cannot_be_loaded_are_a_wrong_setting(
    network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("nonsense")
    monkeypatch.setenv("SSL_CERT_FILE", str(broken))
    with pytest.raises(ConfigurationError, match="certificates"):
        async with network.client(base_url="https://service.test"):
            pass


async def test_a_service_in_the_clear_needs_no_certificates(
    network: Network, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    network.serve()
    async with network.client() as client:
        assert await client.models.list()


async def test_a_connection_that_is_not_made_in_time_is_given_up() -> None:
    async def never(_host: str, _port: int) -> trio.abc.Stream:
        await trio.sleep_forever()
        raise AssertionError

    client = Client(api_key=KEY, base_url="http://service.test", retry=ONE_TRY, connect=never)
    async with client:
        with pytest.raises(TransportError, match="cannot reach"):
            await client.models.list()
        assert trio.current_time() == 10


async def test_a_host_without_an_address_is_a_failure_to_connect() -> None:
    async def connect(_host: str, _port: int) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    client = Client(api_key=KEY, base_url="http://service.test", retry=ONE_TRY, connect=connect)
    async with client:
        with pytest.raises(TransportError, match=r"cannot reach .*not known") as caught:
            await client.models.list()
    assert caught.value.phase == "connecting"


async def test_connections_are_used_again_and_no_more_are_made_than_allowed(
    network: Network,
) -> None:
    world = network.serve()

    async def list_models() -> None:
        await client.models.list()

    async with network.client(limits=Limits(connections=2)) as client:
        async with trio.open_nursery() as nursery:
            for _ in range(10):
                nursery.start_soon(list_models)
        assert network.open == 2
    assert len(network.dialled) == 2
    assert len(world.requests) == 10
    await trio.testing.wait_all_tasks_blocked()
    assert network.open == 0


async def test_a_plain_service_is_asked_through_the_proxy_of_the_environment(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    proxy = ScriptedPeer([answer(b'{"data":[]}')])
    network.put(proxy, "proxy.test", 3128)
    async with network.client() as client:
        await client.models.list()
    assert network.dialled == [("proxy.test", 3128)]
    assert proxy.targets == ["http://service.test/v1/models"]


async def test_an_encrypted_service_is_tunnelled_to_and_the_proxy_learns_no_key(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:password@proxy.test:3128")
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    world = World()
    seen: list[bytes] = []

    async def tunnel(stream: trio.abc.Stream) -> None:
        seen.append(bytes(await stream.receive_some()))
        await stream.send_all(b"HTTP/1.1 200 Connected\r\n\r\n")
        await encrypted(Simulator(world).handle)(stream)

    network.put(tunnel, "proxy.test", 3128)
    async with network.client(base_url="https://service.test") as client:
        assert await client.models.list()
    assert network.dialled == [("proxy.test", 3128)]
    assert seen[0].startswith(b"CONNECT service.test:443 HTTP/1.1\r\n")
    assert KEY.encode() not in seen[0]
    assert [request.status for request in world.requests] == [200]


async def test_a_proxy_that_refuses_is_a_failure_to_connect(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    network.put(ScriptedPeer([answer(status=407)]), "proxy.test", 3128)
    async with network.client(base_url="https://service.test", retry=ONE_TRY) as client:
        with pytest.raises(TransportError) as caught:
            await client.models.list()
    assert caught.value.phase == "connecting"


async def test_a_host_that_needs_no_proxy_is_asked_directly(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "service.test")
    network.serve()
    async with network.client() as client:
        await client.models.list()
    assert network.dialled == [("service.test", 80)]


@pytest.mark.parametrize("proxy", ["gopher://proxy.test", "socks5://proxy.test", "http://[::1"])
async def test_a_proxy_that_cannot_be_used_is_a_wrong_setting(
    network: Network, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy.replace("//", "//user:password@"))
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        async with network.client():
            pass
    assert "password" not in repr(caught.value.__context__) or caught.value.__suppress_context__
