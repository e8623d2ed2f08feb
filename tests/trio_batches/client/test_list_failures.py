"""Lists whose pages fail, repeat themselves, or are none."""

# ruff: noqa: PERF401, PT012  # what comes before a failure, and that a block lets it out, is tested

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests.trio_batches.client.list_pages import Pages, id_pages
from tests.trio_batches.transport.peers import ScriptedPeer, answer
from trio_batches.client.page import CursorPage, Page, TokenPage
from trio_batches.errors import NotFoundError, ProtocolError, TransportError
from trio_batches.protocol.retry import RetryPolicy
from trio_batches.simulator import Answer, Fault

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network


async def test_a_failure_is_raised_after_the_items_before_it() -> None:
    pages = Pages(*id_pages(range(6), 2)[:2], TransportError("cut", phase="waiting"))
    seen: list[int] = []
    with pytest.raises(TransportError, match="cut"):
        async with pages.list() as items:
            async for item in items:
                seen.append(item)
                await wait_all_tasks_blocked()
    assert seen == [0, 1, 2, 3]


async def test_after_a_failure_the_same_page_can_be_asked_for_again() -> None:
    first, second, third = id_pages(range(6), 2)
    pages = Pages(first, TransportError("cut", phase="waiting"), second, third)
    items = aiter(pages.list())
    assert [await anext(items), await anext(items)] == [0, 1]
    with pytest.raises(TransportError):
        await anext(items)
    assert [item async for item in items] == [2, 3, 4, 5]


async def test_after_a_timeout_the_same_page_can_be_asked_for_again() -> None:
    first, second = id_pages(range(4), 2)
    pages = Pages(first, second, second, seconds=2)
    items = aiter(pages.list())
    await anext(items)
    await anext(items)
    with trio.move_on_after(1) as scope:
        await anext(items)
    assert scope.cancelled_caught
    assert [item async for item in items] == [2, 3]


async def test_more_without_a_cursor_is_an_error_after_the_items() -> None:
    pages = Pages({"data": [1, 2], "has_more": True})
    seen: list[int] = []
    with pytest.raises(ProtocolError, match="no cursor"):
        async for item in pages.list():
            seen.append(item)
    assert seen == [1, 2]


@pytest.mark.parametrize("kind", [Page[int], TokenPage[int], CursorPage[int]])
async def test_a_repeated_cursor_is_an_error_after_the_items(kind: type[Page[int]]) -> None:
    body = {"data": [1], "has_more": True, "last_id": "a", "next_page": "a"}
    pages = Pages(body, body, body)
    seen: list[int] = []
    with pytest.raises(ProtocolError, match="in a circle"):
        async with pages.list(kind) as items:
            async for item in items:
                seen.append(item)
    assert seen == [1, 1]
    assert len(pages.queries) == 2


async def test_a_circle_of_several_pages_is_noticed_too() -> None:
    bodies = [{"data": [n], "has_more": True, "last_id": "ab"[n % 2]} for n in range(4)]
    pages = Pages(*bodies)
    with pytest.raises(ProtocolError, match="in a circle"):
        async for _ in pages.list():
            pass
    assert len(pages.queries) == 3


async def test_a_token_page_with_more_but_no_token_is_an_error() -> None:
    page = await Pages({"data": [1], "has_more": True}).list(TokenPage[int])
    with pytest.raises(ProtocolError, match="no cursor"):
        page.has_next_page()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<h1>Hello</h1>",
        b"[]",
        b'{"data":{}}',
        b'{"data":["a"]}',
        b"\xff",
        b'{"x":' + b"[" * 100_000,
    ],
    ids=range(7),
)
async def test_what_is_no_page_is_an_error(network: Network, body: bytes) -> None:
    with pytest.raises(ProtocolError, match="page that is none"):
        await Pages(body).list()
    network.put(ScriptedPeer([answer(body)]))
    async with network.client() as client:
        with pytest.raises(ProtocolError, match="answer is no ModelInfo"):
            await client.models.retrieve("a")


async def test_a_refusal_comes_out_of_the_block_bare(network: Network) -> None:
    network.serve(Fault(times=None, answer=Answer(status=404)))
    async with network.client(retry=RetryPolicy(max_retries=0)) as client:
        with pytest.raises(NotFoundError):
            async with client.messages.batches.list() as batches:
                await anext(batches)
