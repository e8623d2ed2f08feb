"""The key goes to the configured origin, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.transport.peers import KEY, ScriptedPeer, answer
from trio_batches.errors import ForeignOriginError, InvalidIdError, ProtocolError, TransportError
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Fault, World
from trio_batches.simulator.faults import FaultPlan

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network

PATH = "/v1/messages/batches/{id}/results"
FOREIGN = [
    f"http://evil.test{PATH}",
    f"https://service.test{PATH}",
    f"http://service.test:8080{PATH}",
    f"http://service.test:0{PATH}",
    f"http://service.test@evil.test{PATH}",
    f"http://service.test:80@evil.test{PATH}",
    f"http://user@service.test{PATH}",
    f"http://service.test\\@evil.test{PATH}",
    f"http://evil.test\\@service.test{PATH}",
    f"http://service.test.evil.test{PATH}",
    f"http://service.test.{PATH}",
    f"http://SERVICE.TEST@EVIL.TEST{PATH}",
    f"http://xn--srvice-bva.test{PATH}",
    f"http://s\u00e9rvice.test{PATH}",
    f"ftp://service.test{PATH}",
    f"HTTP://EVIL.TEST{PATH}",
    f"http:///evil.test{PATH}",
    f"//evil.test?x=http://service.test{PATH}",
]


@pytest.fixture
def evil(network: Network) -> ScriptedPeer:
    """Listen wherever a key could be lured to."""
    peer = ScriptedPeer()
    hosts = [
        "evil.test",
        "EVIL.TEST",
        "service.test.evil.test",
        "service.test.",
        "xn--srvice-bva.test",
    ]
    for host in hosts:
        for port in (80, 443):
            network.put(peer, host, port)
    for port in (0, 21, 443, 8080):
        network.put(peer, port=port)
    return peer


@pytest.mark.parametrize("url", FOREIGN)
async def test_results_elsewhere_are_not_asked_for(
    network: Network, evil: ScriptedPeer, url: str
) -> None:
    world = network.serve(Fault(operation="retrieve", results_url=url))
    batch_id = world.add_ended_batch(3)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        with pytest.raises(ForeignOriginError, match="nothing was sent there") as caught:
            await anext(aiter(results))
    assert KEY not in str(caught.value)
    assert set(network.dialled) == {("service.test", 80)}
    assert evil.requests == []
    assert [request.operation for request in world.requests] == ["retrieve"]


@pytest.mark.parametrize("url", ["http://a b.test/", "http://[::1/", "http://service.test:eighty/"])
async def test_a_url_that_is_none_is_the_services_fault(network: Network, url: str) -> None:
    world = network.serve(Fault(operation="retrieve", results_url=url))
    batch_id = world.add_ended_batch(3)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        with pytest.raises(ProtocolError):
            await anext(aiter(results))
    assert len(world.requests) == 1


@pytest.mark.parametrize(
    "url", [f"http://service.test{PATH}", f"HTTP://Service.Test:80{PATH}", PATH, PATH[1:]]
)
async def test_the_own_origin_is_recognised_however_it_is_written(
    network: Network, url: str
) -> None:
    world = network.serve(Fault(operation="retrieve", results_url=url))
    batch_id = world.add_ended_batch(3)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        assert len([record async for record in results]) == 3


async def test_an_internationalised_host_is_its_own_origin(network: Network) -> None:
    peer = ScriptedPeer([answer(b'{"data":[]}')])
    network.put(peer, "xn--bcher-kva.test")
    async with network.client(base_url="http://xn--bcher-kva.test") as client:
        await client.models.list()
    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.test/v1/models",
        "https://service.test/v1/models",
        "http://service.test:8080/v1/models",
        "http://service.test@evil.test/v1/models",
        "//evil.test/v1/models",
        "http://user:password@service.test/v1/models",
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(
    network: Network, evil: ScriptedPeer, location: str
) -> None:
    network.serve(Fault(redirect=location))
    async with network.client() as client:
        with pytest.raises(ForeignOriginError) as caught:
            await client.models.list()
    assert "password" not in str(caught.value)
    assert set(network.dialled) == {("service.test", 80)}
    assert evil.requests == []


async def test_a_redirect_within_the_origin_is_followed(network: Network) -> None:
    world = network.serve(Fault(redirect="/v1/models?limit=2"))
    async with network.client() as client:
        assert len(await client.models.list()) == 2
    assert [request.status for request in world.requests] == [307, 200]
    assert {request.credential for request in world.requests} == {"bearer"}


async def test_results_are_followed_through_a_redirect(network: Network) -> None:
    world = World()
    batch_id = world.add_ended_batch(3)
    path = PATH.replace("{id}", batch_id)
    network.serve(world=world)
    world.faults = FaultPlan([Fault(operation="results", redirect=path)], 0)
    async with network.client() as client, client.messages.batches.results(batch_id) as results:
        assert len([record async for record in results]) == 3
    assert [request.status for request in world.requests] == [200, 307, 200]


async def test_five_redirects_are_followed_and_a_sixth_is_not(network: Network) -> None:
    turn = [answer(status=302, location="/v1/models")]
    peer = ScriptedPeer(*[turn] * 5, [answer(b'{"data":[]}')], *[turn] * 6)
    network.put(peer)
    async with network.client() as client:
        assert len(await client.models.list()) == 0
        with pytest.raises(ProtocolError, match="more than 5 redirects"):
            await client.models.list()
    assert len(peer.requests) == 12


async def test_a_redirect_of_anything_but_a_get_is_an_error(network: Network) -> None:
    world = network.serve(Fault(redirect="/v1/models"))
    async with network.client() as client:
        with pytest.raises(ProtocolError, match="the answer is a redirect"):
            await client.messages.batches.cancel("msgbatch_1")
    assert len(world.requests) == 1


async def test_a_redirect_to_nowhere_is_an_error(network: Network) -> None:
    network.put(ScriptedPeer([answer(status=302, location="http://[::1/")]))
    async with network.client(retry=RetryPolicy(max_retries=0)) as client:
        with pytest.raises(TransportError, match="Invalid URL in location header"):
            await client.models.list()


@pytest.mark.parametrize("bad", ["../../v1/models", "a?b", "a/b", "%2e%2e", "", ".."])
async def test_an_id_that_would_change_the_path_is_not_sent(network: Network, bad: str) -> None:
    world = network.serve()
    async with network.client() as client:
        batches = client.messages.batches
        for call in (
            batches.retrieve,
            batches.poll,
            batches.cancel,
            batches.delete,
            batches.wait,
            client.beta.messages.batches.retrieve,
            client.models.retrieve,
        ):
            with pytest.raises(InvalidIdError):
                await call(bad)
        async with batches.results(bad) as results:
            with pytest.raises(InvalidIdError):
                await anext(aiter(results))
    assert network.dialled == []
    assert world.requests == []
