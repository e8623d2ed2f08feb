"""Bodies of creates: what they hold, and that making one lets others have their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from tests.trio_batches.client.create_requests import VERSION, params, requests
from trio_batches.client.create import BLOCK_BYTES, CreateBody
from trio_batches.errors import InvalidRequestsError
from trio_batches.types import BatchRequest, MessageParams

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network


async def body_of(given_requests: object) -> tuple[bytes, CreateBody]:
    body = CreateBody(given_requests, anthropic_version=VERSION)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await body.check()
    return b"".join(body.blocks()), body


async def test_the_body_is_what_msgspec_encodes_and_its_length_is_right() -> None:
    mixed = [
        *requests(2, "caf\u00e9 \u2028"),
        BatchRequest("struct", MessageParams(model="m", max_tokens=1, messages=[params()])),
        BatchRequest(
            "raw",
            msgspec.Raw(
                b'{ "model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}] }'
            ),
        ),
    ]
    encoded, body = await body_of(mixed)
    assert encoded == b'{"requests":[' + b",".join(map(msgspec.json.encode, mixed)) + b"]}"
    assert body.length == len(encoded)
    assert len(body) == 4


@given(st.lists(st.text(max_size=300), min_size=1, max_size=20))
def test_any_texts_arrive_as_they_are_and_are_measured_right(texts: list[str]) -> None:
    given_requests = [
        {"custom_id": f"r{number}", "params": params(text)} for number, text in enumerate(texts)
    ]
    encoded, body = trio.run(body_of, given_requests)
    assert msgspec.json.decode(encoded) == {"requests": given_requests}
    assert body.length == len(encoded)


async def test_blocks_are_of_a_size_that_takes_little_time() -> None:
    body = CreateBody(requests(3000, "x" * 1000), anthropic_version=VERSION)
    await body.check()
    sizes = [len(block) for block in body.blocks()]
    assert sum(sizes) == body.length
    assert len(sizes) > 10
    assert all(BLOCK_BYTES <= size < BLOCK_BYTES + 2000 for size in sizes[:-1])
    assert list(body.blocks()) == list(body.blocks()), "each attempt needs the body anew"


class Steps(trio.abc.Instrument):
    """Counts how often a task of this run has its turn."""

    def __init__(self) -> None:
        self.count = 0

    @override
    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


async def steps_of_check(count: int) -> int:
    body = CreateBody(requests(count, "x" * 1000), anthropic_version=VERSION)
    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    await body.check()
    trio.lowlevel.remove_instrument(steps)
    return steps.count


async def test_checking_lets_others_have_their_turn_the_oftener_the_larger_it_is() -> None:
    small, large = await steps_of_check(1000), await steps_of_check(4000)
    assert small >= 3
    assert large > 3 * small


async def test_checking_faulty_requests_lets_others_have_their_turn_too() -> None:
    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    with pytest.raises(InvalidRequestsError):
        await body_of([{"custom_id": "a"}] * 50_000)
    trio.lowlevel.remove_instrument(steps)
    assert steps.count >= 10


async def test_uploading_lets_others_have_their_turn_the_oftener_the_larger_it_is(
    network: Network,
) -> None:
    network.serve()
    counts: list[int] = []
    async with network.client() as client:
        for count in (500, 4000):
            steps = Steps()
            trio.lowlevel.add_instrument(steps)
            await client.messages.batches.create(requests(count, "x" * 1000))
            trio.lowlevel.remove_instrument(steps)
            counts.append(steps.count)
    assert counts[1] > 3 * counts[0]


async def test_none_and_too_many_requests_are_refused() -> None:
    with pytest.raises(InvalidRequestsError, match="at least one"):
        await body_of([])
    one = BatchRequest("x", msgspec.Raw(b"{}"))
    with pytest.raises(InvalidRequestsError) as caught:
        await body_of([one] * 100_001)
    assert "100,001 requests: a batch holds 100,000 at most: split them" in caught.value.faults


async def test_too_large_a_body_is_refused_without_being_built() -> None:
    shared = params("x" * 1_000_000)
    large = [BatchRequest(f"r{number}", shared) for number in range(256)]
    with pytest.raises(InvalidRequestsError, match=r"256,[0-9,]+ bytes: .* split them"):
        await body_of(large)


async def test_older_versions_take_sampling_parameters() -> None:
    body = CreateBody(
        [{"custom_id": "a", "params": {**params(), "temperature": 1}}],
        anthropic_version="2023-06-01",
    )
    await body.check()
    assert body.length == len(b"".join(body.blocks()))
