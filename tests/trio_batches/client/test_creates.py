"""Creates: what is sent, and that it is sent once."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
import trio.testing

from tests.trio_batches.client.create_requests import VERSION, params, requests
from tests.trio_batches.transport.peers import CLOSE, Network, ScriptedPeer, answer, head
from trio_batches.errors import (
    AmbiguousCreateError,
    APIStatusError,
    BadRequestError,
    ConflictError,
    InvalidRequestsError,
    RateLimitError,
    RequestTooLargeError,
    ServerError,
    SpendLimitError,
    TransportError,
)
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Answer, Cut, Fault, Scenario, World
from trio_batches.transport.limits import Limits
from trio_batches.types import BatchRequest, MessageParams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def creates(world: World) -> int:
    return len([request for request in world.requests if request.operation == "create"])


async def test_a_batch_is_created_from_whatever_gives_requests(network: Network) -> None:
    world = network.serve()
    typed = BatchRequest(
        "a",
        MessageParams(model="claude-x", max_tokens=1, messages=[{"role": "user", "content": "x"}]),
    )
    frozen = MappingProxyType({"custom_id": "b", "params": params()})
    both: list[BatchRequest | Mapping[str, object]] = [typed, frozen]

    def generate() -> Iterator[BatchRequest | Mapping[str, object]]:
        yield from both

    ways: list[Iterable[BatchRequest | Mapping[str, object]]] = [
        both,
        tuple(both),
        generate(),
        dict(enumerate(both)).values(),
    ]
    async with network.client() as client:
        for given_requests in ways:
            batch = await client.messages.batches.create(given_requests)
            assert batch.processing_status == "in_progress"
            assert batch.request_counts.total == 2
    assert len(world) == 4


async def test_a_create_says_what_it_is(network: Network) -> None:
    peer = ScriptedPeer([answer(status=400)])
    network.put(peer)
    async with network.client(betas=["one"]) as client:
        with pytest.raises(BadRequestError):
            await client.beta.messages.batches.create(
                requests(1), betas=["two", "one"], user_profile_id="profile"
            )
    headers, request = peer.headers[0], peer.requests[0]
    assert request.startswith(b"POST /v1/messages/batches HTTP/1.1\r\n")
    body = request.partition(b"\r\n\r\n")[2]
    assert headers["content-length"] == str(len(body))
    assert msgspec.json.decode(body) == {"requests": requests(1)}
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer sk-test-not-a-key"
    assert headers["anthropic-version"] == VERSION
    assert headers["anthropic-beta"] == "one,two"
    assert headers["anthropic-user-profile-id"] == "profile"
    assert re.fullmatch(r"trio_batches/\S+", headers["user-agent"])
    assert "transfer-encoding" not in headers


async def test_all_faults_are_named_at_once_and_nothing_is_sent(network: Network) -> None:
    world = network.serve()
    faulty: list[object] = [
        {"custom_id": "a", "params": params()},
        {"custom_id": "a", "params": params()},
        {"custom_id": "b c", "params": params()},
        {"custom_id": "d", "params": {**params(), "stream": True, "max_tokens": 0}},
        {"custom_id": "e"},
        {"custom_id": "f", "params": params(), "method": "POST"},
        {"custom_id": 7, "params": params()},
        {"custom_id": "g", "params": {"model": object()}},
        "nonsense",
        5,
        {"custom_id": "h", "params": {**params(), "temperature": 1}},
        {"custom_id": "i", "params": None},
    ]
    async with network.client() as client:
        with pytest.raises(InvalidRequestsError) as caught:
            await client.messages.batches.create(faulty)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    faults = caught.value.faults
    places = [int(re.findall(r"^request (\d+)[ :]", fault)[0]) for fault in faults]
    assert faults[0] == "request 1 (a): its custom_id is the one of request 0 too"
    assert places == [1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert "stream" in faults[3] or "stream" in faults[2]
    assert "(and 11 more)" in str(caught.value)
    assert network.dialled == []
    assert world.requests == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(operation="create", times=None, drop_reply=True),
        Fault(operation="create", times=None, answer=Answer(status=499)),
        Fault(operation="create", times=None, answer=Answer(status=500)),
        Fault(operation="create", times=None, answer=Answer(status=503), act=True),
        Fault(
            operation="create", times=None, answer=Answer(status=504, headers={"retry-after": "1"})
        ),
        Fault(
            operation="create",
            times=None,
            answer=Answer(status=529, headers={"x-should-retry": "true"}),
        ),
        Fault(operation="create", times=None, answer=Answer(status=408)),
        Fault(operation="create", times=None, answer=Answer(status=200, body="<h1>Hello</h1>")),
        Fault(
            operation="create", times=None, answer=Answer(status=200, body='{"x":' + "[" * 100_000)
        ),
        Fault(operation="create", times=None, answer=Answer(status=204, body="")),
        Fault(operation="create", times=None, redirect="/v1/models"),
        Fault(operation="create", times=None, redirect="http://evil.test/"),
        Fault(operation="create", times=None, cut=Cut(place="head", at=0)),
        Fault(operation="create", times=None, cut=Cut(place="head", at=30)),
        Fault(operation="create", times=None, cut=Cut(place="byte", at=30)),
        Fault(operation="create", times=None, cut=Cut(place="byte", at=30, how="stall")),
        Fault(operation="create", times=None, delay=700),
    ],
)
async def test_without_a_clear_answer_a_create_is_sent_once_and_is_ambiguous(
    network: Network, fault: Fault
) -> None:
    world = network.serve(fault)
    async with network.client() as client:
        with pytest.raises(AmbiguousCreateError, match="it may exist") as caught:
            await client.messages.batches.create(requests(3))
    assert caught.value.request_count == 3
    assert caught.value.__cause__ is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", caught.value.sent_at)
    assert creates(world) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422])
async def test_a_refused_create_is_sent_once_and_its_refusal_is_raised(
    network: Network, status: int
) -> None:
    world = network.serve(
        Fault(times=None, answer=Answer(status=status, headers={"x-should-retry": "true"}))
    )
    async with network.client() as client:
        with pytest.raises(APIStatusError) as caught:
            await client.messages.batches.create(requests(1))
    assert caught.value.status == status
    assert not isinstance(caught.value, ServerError)
    assert creates(world) == 1
    assert status != 409 or isinstance(caught.value, ConflictError)
    assert status != 413 or isinstance(caught.value, RequestTooLargeError)


async def test_a_rate_limited_create_is_sent_again_when_the_service_says(
    network: Network,
) -> None:
    world = network.serve(Fault(times=2, answer=Answer(status=429, headers={"retry-after": "20"})))
    async with network.client() as client:
        await client.messages.batches.create(requests(1))
    assert [request.time for request in world.requests] == [0, 20, 40]
    assert len(world) == 1


async def test_a_create_that_stays_rate_limited_is_refused_not_ambiguous(
    network: Network,
) -> None:
    world = network.serve(Fault(times=None, answer=Answer(status=429)))
    async with network.client(retry=RetryPolicy(max_retries=2)) as client:
        with pytest.raises(RateLimitError):
            await client.messages.batches.create(requests(1))
    assert creates(world) == 3
    assert len(world) == 0


async def test_a_spend_limit_is_not_tried_again(network: Network) -> None:
    world = network.serve(world=World(scenario=Scenario(spend_limit=2)))
    async with network.client() as client:
        with pytest.raises(SpendLimitError):
            await client.messages.batches.create(requests(3))
    assert creates(world) == 1


async def test_a_create_that_reaches_nobody_is_tried_again_and_is_not_ambiguous(
    network: Network,
) -> None:
    async with network.client(retry=RetryPolicy(max_retries=2)) as client:
        with pytest.raises(TransportError) as caught:
            await client.messages.batches.create(requests(1))
        assert caught.value.phase == "connecting"
        assert len(network.dialled) == 3
        world = network.serve()
        await client.messages.batches.create(requests(1))
    assert len(world) == 1


class Narrow:
    """A service whose first connections close after so many bytes of an upload."""

    def __init__(self, network: Network, *, closes: int, after: int) -> None:
        self.closed = 0
        self._network = network
        self._closes = closes
        self._after = after

    async def connect(self, host: str, port: int) -> trio.abc.Stream:
        if self.closed == self._closes:
            return await self._network.connect(host, port)
        self.closed += 1
        ours, theirs = trio.testing.lockstep_stream_pair()
        trio.lowlevel.spawn_system_task(self._read, theirs)
        return ours

    async def _read(self, stream: trio.abc.Stream) -> None:
        left = self._after
        while left > 0:
            left -= len(await stream.receive_some(min(left, 1000)))
        await stream.aclose()


@pytest.mark.parametrize("after", [0, 50, 1000, 100_000])
async def test_an_upload_that_is_cut_off_is_sent_again_since_nobody_can_have_acted(
    network: Network, after: int
) -> None:
    world = network.serve()
    narrow = Narrow(network, closes=2, after=after)
    client = network.client()
    client._connect = narrow.connect  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    async with client:
        batch = await client.messages.batches.create(requests(200, "x" * 1000))
    assert batch.request_counts.total == 200
    assert narrow.closed == 2
    assert len(world) == 1


async def test_an_upload_that_nobody_reads_is_given_up_and_is_not_ambiguous(
    network: Network,
) -> None:
    narrow = Narrow(network, closes=9, after=1 << 40)

    async def connect(_host: str, _port: int) -> trio.abc.Stream:
        narrow.closed += 1
        return trio.testing.lockstep_stream_pair()[0]

    client = network.client(retry=RetryPolicy(max_retries=1), limits=Limits(write_timeout=5))
    client._connect = connect  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    async with client:
        with pytest.raises(TransportError) as caught:
            await client.messages.batches.create(requests(1))
    assert caught.value.phase == "sending"
    assert narrow.closed == 2


async def test_a_refusal_in_the_middle_of_an_upload_is_heard(network: Network) -> None:
    async def refuse(stream: trio.abc.Stream) -> None:
        async with stream:
            await stream.receive_some(1000)
            await stream.send_all(answer(b"too large", status=413, connection="close"))

    network.put(refuse)
    async with network.client() as client:
        with pytest.raises(RequestTooLargeError):
            await client.messages.batches.create(requests(2000, "x" * 1000))
    assert len(network.dialled) == 1


async def test_the_answer_to_a_create_may_take_long(network: Network) -> None:
    world = network.serve(Fault(operation="create", delay=500))
    async with network.client() as client:
        await client.messages.batches.create(requests(1))
    assert trio.current_time() == 500
    assert creates(world) == 1


async def test_a_cancelled_create_ends_its_connection(network: Network) -> None:
    network.serve(Fault(operation="create", delay=500))
    async with network.client() as client:
        with trio.move_on_after(5) as scope:
            await client.messages.batches.create(requests(1))
        assert scope.cancelled_caught
        await trio.sleep(500)
        assert network.open == 0


async def test_half_an_answer_is_ambiguous(network: Network) -> None:
    peer = ScriptedPeer([head(content_length="500") + b'{"id":', CLOSE])
    network.put(peer)
    async with network.client() as client:
        with pytest.raises(AmbiguousCreateError, match="in the middle of the answer"):
            await client.messages.batches.create(requests(1))
    assert len(peer.requests) == 1
