"""The key is in no text that a program could print by accident."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from functools import partial
from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.transport.peers import KEY, ScriptedPeer, open_network
from tests.trio_batches.transport.test_retries import REQUEST
from trio_batches.client import Client
from trio_batches.errors import TrioBatchesError
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Answer, Cut, Edit, Fault, World
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.trio_batches.transport.peers import Network

FAILURES = [
    Fault(times=None, answer=Answer(status=401, message="invalid x-api-key")),
    Fault(times=None, answer=Answer(status=429, error_code="enforced_spend_limit_reached")),
    Fault(times=None, answer=Answer(status=503)),
    Fault(times=None, answer=Answer(status=200, body="<h1>Hello</h1>")),
    Fault(times=None, drop_reply=True),
    Fault(times=None, redirect="http://evil.test/"),
    Fault(times=None, cut=Cut(place="head", at=20)),
    Fault(times=None, cut=Cut(place="byte", at=20)),
    Fault(times=None, cut=Cut(place="byte", at=20, how="stall")),
    Fault(operation="retrieve", results_url="http://evil.test/"),
    Fault(operation="results", times=None, edits=(Edit(line=1, what="corrupt"),)),
    Fault(operation="results", times=None, edits=(Edit(line=1, what="duplicate"),)),
    Fault(operation="results", times=None, edits=(Edit(line=1, what="drop"),)),
]


def texts(error: BaseException | None) -> Iterator[str]:
    """Yield whatever shows an exception and those behind it."""
    if error is None:
        return
    yield from (str(error), repr(error), repr(vars(error)), repr(error.args))
    yield "".join(traceback.format_exception(error))
    yield from texts(error.__cause__)
    yield from texts(error.__context__)


async def fail(network: Network) -> list[TrioBatchesError]:
    """Do everything that a client can, and return the errors."""
    errors: list[TrioBatchesError] = []
    async with network.client(
        retry=RetryPolicy(max_retries=1), limits=Limits(read_timeout=5, create_timeout=5)
    ) as client:

        async def results() -> None:
            async with batches.results("msgbatch_1") as stream:
                async for _ in stream:
                    pass

        async def prefetch() -> None:
            async with batches.list() as items:
                async for _ in items:
                    pass

        async def page() -> None:
            await batches.list()

        batches = client.messages.batches
        for call in (
            results,
            prefetch,
            page,
            lambda: batches.create([REQUEST]),
            lambda: batches.delete("msgbatch_1"),
            lambda: client.models.retrieve("claude"),
        ):
            try:
                await call()
            except TrioBatchesError as error:
                errors.append(error)
    return errors


def rename(world: World, batch_id: str) -> None:
    """Give a batch the id that the calls above ask for."""
    batch = world.shelf.find(batch_id)
    assert batch is not None
    world.shelf.remove(batch)
    batch.id = "msgbatch_1"
    world.shelf.add(batch)


@pytest.mark.parametrize("fault", FAILURES)
async def test_no_failure_shows_the_key(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_network() as network:
        world = network.serve(fault)
        rename(world, world.add_ended_batch(3))
        errors = await fail(network)
    assert errors
    for error in errors:
        for text in texts(error):
            assert KEY not in text
        assert KEY.encode() not in pickle.dumps(error)
    assert {"trio_batches", "httpx", "httpcore.http11"} >= {
        record.name for record in caplog.records if not record.name.startswith("httpcore")
    }
    for record in caplog.records:
        assert KEY not in record.getMessage()
        assert KEY not in str(record.args)


async def test_an_unreachable_service_does_not_show_the_key(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    errors = await fail(network)
    assert len(errors) == 6
    assert not [text for error in errors for text in texts(error) if KEY in text]
    assert KEY not in caplog.text


async def test_an_answer_that_is_no_http_does_not_show_the_key(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    network.put(ScriptedPeer(*[[b"SSH-2.0-OpenSSH\r\n\r\n", b""]] * 20))
    errors = await fail(network)
    assert len(errors) == 6
    assert not [text for error in errors for text in texts(error) if KEY in text]
    assert KEY not in caplog.text


async def test_a_client_does_not_show_its_key(network: Network) -> None:
    client = network.client()
    parts = [client, client.messages, client.messages.batches, client.beta, client.models]
    for part in [*parts, client.messages.batches.list(), client.messages.batches.results("a")]:
        assert KEY not in repr(part)
        assert KEY not in str(part)
    assert repr(client) == "<Client of http://service.test>"
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(client)


async def test_a_wrong_base_url_or_key_does_not_show_a_secret() -> None:
    for make in (
        partial(Client, api_key=KEY, base_url=f"http://user:{KEY}@service.test"),
        partial(Client, api_key=KEY + "\n"),
        partial(Client, api_key=KEY, auth_token=KEY),
    ):
        with pytest.raises(TrioBatchesError) as caught:
            make()
        assert not [text for text in texts(caught.value) if KEY in text]


async def test_a_header_that_cannot_be_sent_is_the_callers_fault(network: Network) -> None:
    world = network.serve()
    for beta in ("two\r\nlines", "caf\u00e9"):
        async with network.client(betas=[beta]) as client:
            with pytest.raises(TrioBatchesError, match="anthropic-beta"):
                await client.models.list()
        async with network.client() as client:
            with pytest.raises(TrioBatchesError, match="anthropic-user-profile-id"):
                await client.beta.messages.batches.create([REQUEST], user_profile_id=beta)
    assert world.requests == []
    assert trio.current_time() == 0
