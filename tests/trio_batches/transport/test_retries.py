"""When and how often an exchange is tried again, in exact virtual time."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio.testing

from tests.trio_batches.transport.peers import CLOSE, ScriptedPeer, answer, head
from trio_batches.client import Client
from trio_batches.errors import (
    APIStatusError,
    BadRequestError,
    NotFoundError,
    OverloadedError,
    RateLimitError,
    ServerError,
    SpendLimitError,
    TransportError,
)
from trio_batches.protocol.retry import RetryPolicy, backoff
from trio_batches.simulator import Answer, Cut, Fault, Scenario, World
from trio_batches.transport.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.trio_batches.transport.peers import Network

REQUEST = {
    "custom_id": "one",
    "params": {
        "model": "claude-sonnet-5",
        "max_tokens": 1,
        "messages": [{"role": "user", "content": "hello"}],
    },
}


def refusal(status: int, *, times: int | None = 1, **headers: str) -> Fault:
    """Answer with a status; underscores of header names become hyphens."""
    dashed = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(times=times, answer=Answer(status=status, headers=dashed))


async def list_models(client: Client) -> None:
    await client.models.list()


async def elapsed(call: Callable[[], Awaitable[object]]) -> float:
    start = trio.current_time()
    await call()
    return trio.current_time() - start


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 529])
async def test_a_passing_failure_is_tried_again_when_the_server_says(
    network: Network, status: int
) -> None:
    world = network.serve(refusal(status, retry_after="30"))
    async with network.client() as client:
        assert await elapsed(client.models.list) == 30
    assert [request.status for request in world.requests] == [status, 200]


async def test_milliseconds_are_waited_out_as_such(network: Network) -> None:
    network.serve(refusal(529, retry_after_ms="12500"))
    async with network.client() as client:
        assert await elapsed(client.models.list) == 12.5


async def test_without_a_word_of_the_server_the_wait_doubles(network: Network) -> None:
    network.serve(refusal(500, times=3))
    random.seed(7)
    dice = random.Random(7)
    expected = sum(backoff(RetryPolicy(), made, dice.random()) for made in range(3))
    async with network.client() as client:
        assert await elapsed(client.models.list) == pytest.approx(expected, abs=1e-9)


async def test_a_long_wait_is_capped_and_the_cap_is_said(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    network.serve(refusal(429, retry_after="86400"))
    async with network.client() as client:
        assert await elapsed(client.models.list) == 300
    assert "trying again in 300.0 s (capped; the service asked for 86,400 s)" in caplog.text


@pytest.mark.parametrize("status", [400, 401, 403, 412, 413, 422, 431, 499])
async def test_a_refusal_is_not_tried_again(network: Network, status: int) -> None:
    world = network.serve(refusal(status, times=None))
    async with network.client() as client:
        with pytest.raises(APIStatusError) as caught:
            await client.models.list()
    assert caught.value.status == status
    assert len(world.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 501])
async def test_the_server_can_ask_for_another_attempt(network: Network, status: int) -> None:
    world = network.serve(refusal(status, x_should_retry="true", retry_after="9"))
    async with network.client() as client:
        assert await elapsed(client.models.list) == 9
    assert len(world.requests) == 2


async def test_the_server_can_forbid_another_attempt(network: Network) -> None:
    world = network.serve(refusal(500, x_should_retry="false"))
    async with network.client() as client:
        with pytest.raises(ServerError):
            await client.models.list()
    assert len(world.requests) == 1


async def test_after_the_last_retry_the_error_is_raised_as_the_server_gave_it(
    network: Network,
) -> None:
    world = network.serve(
        Fault(
            times=None,
            answer=Answer(
                status=529,
                error_code="too_busy",
                message="Come back.",
                headers={"retry-after": "2", "request-id": "req_1"},
            ),
        )
    )
    async with network.client(retry=RetryPolicy(max_retries=2)) as client:
        start = trio.current_time()
        with pytest.raises(OverloadedError) as caught:
            await client.models.list()
        assert trio.current_time() - start == 4
    error = caught.value
    assert (error.status, error.error_code, error.retry_after) == (529, "too_busy", 2)
    assert error.message == "GET /v1/models: Come back."
    assert str(error).startswith("529 too_busy: GET /v1/models: Come back. (request req_")
    assert error.request_id is not None
    assert len(world.requests) == 3


async def test_an_error_page_of_a_proxy_is_an_error_too(network: Network) -> None:
    network.serve(Fault(answer=Answer(status=413, body="<h1>Too large</h1>")))
    async with network.client() as client:
        with pytest.raises(APIStatusError, match="413: GET /v1/models: the answer says no more"):
            await client.models.list()


async def test_a_refused_connection_is_tried_again_until_it_is_not_worth_it(
    network: Network,
) -> None:
    async with network.client(retry=RetryPolicy(max_retries=3)) as client:
        with pytest.raises(TransportError, match=r"cannot reach http://service\.test") as caught:
            await client.models.list()
    assert caught.value.phase == "connecting"
    assert len(network.dialled) == 4


async def test_a_service_that_comes_up_meanwhile_is_found(network: Network) -> None:
    async with network.client() as client, trio.open_nursery() as nursery:
        nursery.start_soon(list_models, client)
        await trio.sleep(1)
        network.serve()
    assert len(network.dialled) > 1


async def test_a_lost_answer_to_a_reading_call_is_asked_for_again(network: Network) -> None:
    world = network.serve(Fault(times=2, drop_reply=True))
    async with network.client() as client:
        assert await client.models.list()
    assert len(world.requests) == 3


async def test_an_answer_that_breaks_off_is_asked_for_again(network: Network) -> None:
    world = network.serve(Fault(cut=Cut(at=10)), Fault(cut=Cut(place="head", at=10)))
    async with network.client() as client:
        assert await client.models.list()
    assert len(world.requests) == 3


async def test_a_silent_service_is_given_up_after_the_read_timeout(network: Network) -> None:
    peer = ScriptedPeer([float("inf")], [answer(b'{"data":[]}')])
    network.put(peer)
    random.seed(7)
    wait = backoff(RetryPolicy(), 0, random.Random(7).random())
    async with network.client(limits=Limits(read_timeout=20)) as client:
        assert await elapsed(client.models.list) == pytest.approx(20 + wait, abs=1e-9)
    assert len(network.dialled) == 2


async def test_the_error_of_a_silent_service_says_so(network: Network) -> None:
    network.put(ScriptedPeer([float("inf")]))
    async with network.client(retry=RetryPolicy(max_retries=0)) as client:
        with pytest.raises(TransportError, match="nothing came from the service in time"):
            await client.models.list()


async def test_a_404_is_final_where_nothing_says_that_the_thing_exists(network: Network) -> None:
    world = network.serve()
    async with network.client() as client:
        with pytest.raises(NotFoundError, match="not_found_error"):
            await client.messages.batches.retrieve("msgbatch_nobody")
    assert len(world.requests) == 1


async def test_a_404_on_a_batch_of_ones_own_is_waited_out(network: Network) -> None:
    world = network.serve(world=World(scenario=Scenario(flicker=60)))
    async with network.client() as client:
        batch = await client.messages.batches.create([REQUEST])
        start = trio.current_time()
        assert (await client.messages.batches.retrieve(batch.id)).id == batch.id
        assert 60 <= trio.current_time() - start <= 68
    assert {request.status for request in world.requests[1:-1]} == {404}


async def test_a_404_on_a_batch_of_ones_own_is_believed_after_the_grace(
    network: Network,
) -> None:
    network.serve(world=World(scenario=Scenario(flicker=1e6)))
    async with network.client(retry=RetryPolicy(not_found_grace=30)) as client:
        batch = await client.messages.batches.create([REQUEST])
        start = trio.current_time()
        with pytest.raises(NotFoundError):
            await client.messages.batches.retrieve(batch.id)
        assert 30 <= trio.current_time() - start <= 38


async def test_a_404_on_a_batch_that_was_deleted_is_believed_at_once(network: Network) -> None:
    network.serve(world=World(scenario=Scenario(batch_seconds=5)))
    async with network.client() as client:
        batch = await client.messages.batches.create([REQUEST])
        await trio.sleep(6)
        await client.messages.batches.delete(batch.id)
        start = trio.current_time()
        with pytest.raises(NotFoundError):
            await client.messages.batches.retrieve(batch.id)
        assert trio.current_time() == start


async def test_when_one_task_is_told_to_slow_down_all_do(network: Network) -> None:
    world = network.serve(refusal(429, retry_after="30"))
    async with network.client() as client, trio.open_nursery() as nursery:
        nursery.start_soon(list_models, client)
        await trio.testing.wait_all_tasks_blocked()
        for _ in range(3):
            nursery.start_soon(list_models, client)
    assert [request.time for request in world.requests] == [0, 30, 30, 30, 30]


async def test_an_ordinary_failure_slows_nobody_else(network: Network) -> None:
    world = network.serve(refusal(500, retry_after="30"))
    async with network.client() as client, trio.open_nursery() as nursery:
        nursery.start_soon(list_models, client)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(list_models, client)
    assert [request.time for request in world.requests] == [0, 0, 30]


async def test_all_slow_down_also_where_the_one_that_was_told_gives_up(network: Network) -> None:
    world = network.serve(refusal(429, retry_after="30"))
    async with network.client(retry=RetryPolicy(max_retries=0)) as client:
        with pytest.raises(RateLimitError):
            await client.models.list()
        await client.models.list()
    assert [request.time for request in world.requests] == [0, 30]


async def test_a_spend_limit_stops_the_whole_client_at_once(network: Network) -> None:
    limit = Answer(status=429, error_code="enforced_spend_limit_reached", message="No more.")
    world = network.serve(Fault(operation="create", answer=limit))
    async with network.client() as client:
        for call in (
            partial(client.messages.batches.create, [REQUEST]),
            client.models.list,
            partial(client.messages.batches.retrieve, "msgbatch_1"),
        ):
            with pytest.raises(SpendLimitError, match="No more") as caught:
                await call()
            assert caught.value.error_code == "enforced_spend_limit_reached"
    assert len(world.requests) == 1


async def test_a_spend_limit_stops_tasks_that_wait_for_their_turn(network: Network) -> None:
    limit = Answer(status=429, error_code="enforced_spend_limit_reached")
    world = network.serve(
        msgspec.structs.replace(refusal(529, retry_after="30"), operation="models.list"),
        Fault(operation="create", delay=5, answer=limit),
    )

    async def list_without_luck() -> None:
        with pytest.raises(SpendLimitError):
            await client.models.list()

    async def create() -> None:
        with pytest.raises(SpendLimitError):
            await client.messages.batches.create([REQUEST])

    began = trio.current_time()
    async with network.client() as client, trio.open_nursery() as nursery:
        nursery.start_soon(create)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(list_without_luck)
    assert [request.operation for request in world.requests].count("models.list") <= 1
    assert trio.current_time() - began == 5, "not 30: who waits hears of the limit at once"


async def test_a_spend_limit_stops_tasks_that_wait_for_the_budget(network: Network) -> None:
    limit = Answer(status=429, error_code="enforced_spend_limit_reached")
    world = network.serve(Fault(operation="create", delay=5, answer=limit))

    async def fail(call: Callable[[], Awaitable[object]]) -> None:
        with pytest.raises(SpendLimitError):
            await call()

    began = trio.current_time()
    async with (
        network.client(limits=Limits(requests_per_minute=0.5)) as client,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(fail, partial(client.messages.batches.create, [REQUEST]))
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(fail, client.models.list)
    assert trio.current_time() - began == 5
    assert len(world.requests) == 1


async def test_a_bare_rate_limit_is_no_spend_limit(network: Network) -> None:
    network.serve(refusal(429))
    async with network.client() as client:
        assert await client.models.list()


async def test_cancelling_a_wait_between_attempts_ends_it(network: Network) -> None:
    network.serve(refusal(429, times=None, retry_after="200"))
    async with network.client() as client:
        with trio.move_on_after(50) as scope:
            await client.models.list()
        assert scope.cancelled_caught
        with pytest.raises(trio.TooSlowError), trio.fail_after(10):
            await client.models.list()


async def test_a_body_that_is_cut_short_by_the_length_it_names_is_asked_for_again(
    network: Network,
) -> None:
    peer = ScriptedPeer([head(content_length="100") + b'{"data":', CLOSE], [answer(b'{"data":[]}')])
    network.put(peer)
    async with network.client() as client:
        assert len(await client.models.list()) == 0
    assert len(peer.requests) == 2


async def test_a_closed_client_says_what_to_do() -> None:
    client = Client(api_key="key")
    with pytest.raises(RuntimeError, match="async with Client"):
        await client.models.list()


async def test_a_client_is_opened_once_at_a_time_and_can_be_opened_again(
    network: Network,
) -> None:
    network.serve()
    client = network.client()
    async with client:
        with pytest.raises(RuntimeError, match="open already"):
            await client.__aenter__()
    async with client:
        assert await client.models.list()


async def test_a_400_says_what_the_service_says(network: Network) -> None:
    network.serve()
    async with network.client() as client:
        with pytest.raises(BadRequestError, match="after_id: No object has the id 'nobody'"):
            await client.messages.batches.list(after_id="nobody")
