"""Settings of a client, and the calls that are neither lists, creates nor results."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio

from tests.trio_batches.client.create_requests import requests
from tests.trio_batches.transport.peers import KEY, ScriptedPeer, answer
from trio_batches.client import Client
from trio_batches.errors import (
    BadRequestError,
    ConfigurationError,
    CredentialsError,
    NotFoundError,
    ProtocolError,
)
from trio_batches.simulator import Fault, Scenario, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.trio_batches.transport.peers import Network

EMPTY = answer(b'{"data":[]}')


async def headers_of(network: Network, client: Client) -> Mapping[str, str]:
    peer = ScriptedPeer([EMPTY])
    network.put(peer)
    async with client:
        await client.models.list()
    return peer.headers[0]


async def test_every_setting_can_come_from_the_environment(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "env-key")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://service.test/gateway/")
    monkeypatch.setenv("ANTHROPIC_WORKSPACE_ID", "env-workspace")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Team: one\nX-Other: two")
    peer = ScriptedPeer([EMPTY])
    network.put(peer)
    async with Client(connect=network.connect) as client:
        assert client.base_url == "http://service.test/gateway"
        assert client.anthropic_version == "2026-10-21"
        await client.models.list()
    headers = peer.headers[0]
    assert peer.targets == ["/gateway/v1/models"]
    assert headers["authorization"] == "Bearer env-key"
    assert headers["anthropic-workspace-id"] == "env-workspace"
    assert (headers["x-team"], headers["x-other"]) == ("one", "two")
    assert headers["anthropic-version"] == "2026-10-21"
    assert headers["accept"] == "application/json"
    assert "x-api-key" not in headers
    assert "anthropic-beta" not in headers


async def test_arguments_win_over_the_environment(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "env-key")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://evil.test")
    monkeypatch.setenv("ANTHROPIC_WORKSPACE_ID", "env-workspace")
    client = Client(
        api_key="key",
        auth_scheme="x-api-key",
        base_url="http://service.test",
        workspace_id="workspace",
        anthropic_version="2023-06-01",
        betas=("one", "two"),
        connect=network.connect,
    )
    headers = await headers_of(network, client)
    assert headers["x-api-key"] == "key"
    assert "authorization" not in headers
    assert headers["anthropic-workspace-id"] == "workspace"
    assert headers["anthropic-version"] == "2023-06-01"
    assert headers["anthropic-beta"] == "one,two"


async def test_a_token_of_the_environment_is_the_second_choice(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token")
    client = Client(base_url="http://service.test", connect=network.connect)
    assert (await headers_of(network, client))["authorization"] == "Bearer token"


async def test_custom_headers_win_over_the_clients_own(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "User-Agent: mine\nAuthorization: Basic gate")
    headers = await headers_of(network, network.client())
    assert headers["user-agent"] == "mine"
    assert headers["authorization"] == "Basic gate"


def test_the_public_service_is_the_default_and_nothing_is_dialled_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Client(api_key=KEY)
    assert client.base_url == "https://api.anthropic.com"
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "")
    assert Client(api_key=KEY).base_url == "https://api.anthropic.com"


def test_wrong_settings_are_named_when_the_client_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(CredentialsError):
        Client()
    with pytest.raises(ConfigurationError):
        Client(api_key=KEY, base_url="ftp://service.test")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "nonsense")
    with pytest.raises(ConfigurationError, match="ANTHROPIC_CUSTOM_HEADERS"):
        Client(api_key=KEY)


async def test_a_batch_lives_from_create_to_delete(network: Network) -> None:
    world = network.serve(world=World(scenario=Scenario(batch_seconds=30)))
    async with network.client() as client:
        batches = client.messages.batches
        batch = await batches.create(requests(3))
        assert (await batches.retrieve(batch.id)).id == batch.id
        polled = await batches.poll(batch.id)
        assert (polled.batch.id, polled.retry_after) == (batch.id, 10)
        assert msgspec.json.decode(polled.raw)["id"] == batch.id
        with pytest.raises(BadRequestError, match="Cancel it first"):
            await batches.delete(batch.id)
        cancelled = await batches.cancel(batch.id)
        assert cancelled.processing_status == "canceling"
        ended = await batches.wait(batch.id)
        assert ended.ended
        deleted = await batches.delete(batch.id)
        assert (deleted.id, deleted.type) == (batch.id, "message_batch_deleted")
        with pytest.raises(NotFoundError):
            await batches.delete(batch.id)
    assert len(world) == 0


async def test_beta_calls_do_the_same_with_their_betas(network: Network) -> None:
    world = network.serve(world=World(scenario=Scenario(batch_seconds=30)))
    async with network.client(betas=["ours"]) as client:
        batches = client.beta.messages.batches
        batch = await batches.create(requests(3), betas=["one"])
        await batches.retrieve(batch.id, betas=["two"])
        await batches.poll(batch.id, betas=["three"])
        assert (await batches.list(betas=["four"], limit=1))[0].id == batch.id
        await batches.cancel(batch.id, betas=["five"])
        await batches.wait(batch.id, betas=["six", "seven"])
        async with batches.results(batch.id, betas=["eight"]) as results:
            assert len([record async for record in results]) == 3
        await batches.delete(batch.id, betas=["nine"])
        await batches.list()
    sent = [request.headers["anthropic-beta"] for request in world.requests]
    assert list(dict.fromkeys(sent)) == [
        *(f"ours,{name}" for name in ("one", "two", "three", "four", "five", "six,seven")),
        "ours,eight",
        "ours,nine",
        "ours",
    ]


async def test_a_bodyless_post_says_that_it_has_none(network: Network) -> None:
    peer = ScriptedPeer([answer(status=400)])
    network.put(peer)
    async with network.client() as client:
        with pytest.raises(BadRequestError):
            await client.messages.batches.cancel("msgbatch_1")
    assert peer.headers[0]["content-length"] == "0"
    assert peer.headers[0]["content-type"] == "application/json"
    assert peer.targets == ["/v1/messages/batches/msgbatch_1/cancel"]


async def test_a_reading_call_has_no_body(network: Network) -> None:
    headers = await headers_of(network, network.client())
    assert "content-length" not in headers
    assert "content-type" not in headers
    assert headers["accept-encoding"] == "gzip, deflate, zstd"


async def test_waiting_polls_at_the_pace_of_the_service_and_never_faster(
    network: Network,
) -> None:
    world = network.serve(world=World(scenario=Scenario(batch_seconds=95)))
    async with network.client() as client:
        batch = await client.messages.batches.create(requests(1))
        ended = await client.messages.batches.wait(batch.id)
    assert ended.ended
    polls = [request.time for request in world.requests if request.operation == "retrieve"]
    pauses = [later - earlier for earlier, later in itertools.pairwise(polls)]
    assert len(polls) == 10 or len(polls) == 11
    assert all(10 <= pause <= 11 for pause in pauses)
    assert len(set(pauses)) > 1


async def test_waiting_for_an_ended_batch_takes_one_request(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_ended_batch(3)
    async with network.client() as client:
        await client.messages.batches.wait(batch_id)
    assert len(world.requests) == 1
    assert trio.current_time() == 0


async def test_without_a_pace_waiting_takes_ten_seconds(network: Network) -> None:
    body = msgspec.json.encode(
        {
            "id": "msgbatch_1",
            "processing_status": "in_progress",
            "request_counts": {
                "processing": 1,
                "succeeded": 0,
                "errored": 0,
                "canceled": 0,
                "expired": 0,
            },
            "created_at": "2026-11-21T00:00:00Z",
            "expires_at": "2026-11-22T00:00:00Z",
        }
    )
    ended = body.replace(b"in_progress", b"ended")
    network.put(ScriptedPeer([answer(body)], [answer(ended)]))
    async with network.client() as client:
        await client.messages.batches.wait("msgbatch_1")
    assert 10 <= trio.current_time() <= 11


async def test_waiting_outlives_the_moment_in_which_a_new_batch_is_unknown(
    network: Network,
) -> None:
    network.serve(world=World(scenario=Scenario(batch_seconds=40, flicker=20)))
    async with network.client() as client:
        batch = await client.messages.batches.create(requests(1))
        assert (await client.messages.batches.wait(batch.id)).ended


async def test_waiting_for_a_batch_of_somebody_else_that_is_not_there_fails(
    network: Network,
) -> None:
    network.serve()
    async with network.client() as client:
        with pytest.raises(NotFoundError):
            await client.messages.batches.wait("msgbatch_nobody")


async def test_waiting_can_be_given_up(network: Network) -> None:
    world = network.serve()
    batch_id = world.add_in_progress_batch(3)
    async with network.client() as client:
        with trio.move_on_after(25) as scope:
            await client.messages.batches.wait(batch_id)
        assert scope.cancelled_caught
    assert trio.current_time() == 25
    assert len(world.requests) == 3


async def test_an_answer_of_another_shape_is_a_protocol_error(network: Network) -> None:
    network.put(ScriptedPeer([answer(b'{"id":1}', request_id="req_1")]))
    async with network.client() as client:
        with pytest.raises(ProtocolError, match=r"no MessageBatch: .*\(request req_1\)"):
            await client.messages.batches.retrieve("msgbatch_1")


async def test_a_lost_answer_to_a_cancel_is_asked_for_again(network: Network) -> None:
    world = network.serve(Fault(operation="cancel", drop_reply=True))
    batch_id = world.add_in_progress_batch(3)
    async with network.client() as client:
        assert (await client.messages.batches.cancel(batch_id)).processing_status == "canceling"
    assert len(world.requests) == 2
