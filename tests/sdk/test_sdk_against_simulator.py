"""The official SDK, unchanged, against a simulator in another thread."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import trio

from trio_batches.simulator import Scenario, World, open_simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

anthropic: Any = pytest.importorskip("anthropic", reason="the sdk group is not installed")
SdkClient: TypeAlias = Any
"""The SDK's types cannot be checked where it is not installed."""

pytestmark = pytest.mark.filterwarnings("ignore:::anthropic", "ignore:::httpx2")

REQUESTS: list[dict[str, Any]] = [
    {
        "custom_id": f"mine-{number}",
        "params": {
            "model": "claude-sonnet-5-5",
            "max_tokens": 100,
            "messages": [{"role": "user", "content": f"Say {number} in wörds"}],
        },
    }
    for number in range(30)
]


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=2, scenario=Scenario(batch_seconds=0.3, cancel_seconds=0.1))
    for _ in range(25):
        world.add_ended_batch(4, errored=1, canceled=1, expired=1)
    return world


@pytest.fixture(scope="module")
def base_url(world: World) -> Iterator[str]:
    """Serve the world in a thread with a Trio of its own."""
    started = threading.Event()
    found: list[str] = []
    stop: list[tuple[trio.lowlevel.TrioToken, trio.CancelScope]] = []

    async def serve() -> None:
        with trio.CancelScope() as scope:
            async with open_simulator(world) as simulator:
                found.append(simulator.base_url)
                stop.append((trio.lowlevel.current_trio_token(), scope))
                started.set()
                await trio.sleep_forever()

    thread = threading.Thread(target=trio.run, args=(serve,))
    thread.start()
    assert started.wait(10)
    yield found[0]
    token, scope = stop[0]
    token.run_sync_soon(scope.cancel)
    thread.join(10)


@pytest.fixture
def client(base_url: str) -> Iterator[SdkClient]:
    with anthropic.Anthropic(api_key="k", base_url=base_url, max_retries=0) as client:
        yield client


def wait_ended(client: SdkClient, batch_id: str) -> SdkClient:
    for _ in range(100):
        batch = client.messages.batches.retrieve(batch_id)
        if batch.processing_status == "ended":
            return batch
        threading.Event().wait(0.05)
    raise AssertionError(batch_id)


def test_a_batch_is_created_waited_for_read_and_deleted(client: SdkClient) -> None:
    created = client.messages.batches.create(requests=REQUESTS)
    assert (created.processing_status, created.request_counts.processing) == ("in_progress", 30)
    with pytest.raises(anthropic.BadRequestError, match="still processing"):
        client.messages.batches.delete(created.id)
    ended = wait_ended(client, created.id)
    assert ended.request_counts.succeeded == 30
    results = list(client.messages.batches.results(created.id))
    assert {result.custom_id for result in results} == {r["custom_id"] for r in REQUESTS}
    assert all(result.result.message.content[-1].type for result in results)
    assert {result.result.message.usage.service_tier for result in results} == {"batch"}
    assert client.messages.batches.delete(created.id).type == "message_batch_deleted"
    with pytest.raises(anthropic.NotFoundError):
        client.messages.batches.retrieve(created.id)


def test_results_of_all_types_are_read(client: SdkClient, world: World) -> None:
    kinds = Counter(r.result.type for r in client.messages.batches.results(world.batch_ids[-1]))
    assert kinds == {"succeeded": 1, "errored": 1, "canceled": 1, "expired": 1}


def test_pages_are_walked_in_both_directions(client: SdkClient, world: World) -> None:
    ids = world.batch_ids
    assert [batch.id for batch in client.messages.batches.list(limit=7)] == ids
    back = client.messages.batches.list(limit=7, before_id=ids[-1])
    pages = [[batch.id for batch in page.data] for page in back.iter_pages()]
    assert [batch_id for page in reversed(pages) for batch_id in page] == ids[:-1]


def test_a_batch_is_cancelled(client: SdkClient) -> None:
    created = client.beta.messages.batches.create(
        requests=REQUESTS, betas=["output-300k-2026-03-24"]
    )
    cancelled = client.messages.batches.cancel(created.id)
    assert cancelled.processing_status == "canceling"
    assert cancelled.cancel_initiated_at is not None
    assert wait_ended(client, created.id).request_counts.canceled > 0


def test_models_are_listed(client: SdkClient) -> None:
    models = list(client.models.list(limit=5))
    assert len(models) > 10
    assert client.models.retrieve(models[0].id) == models[0]
    assert models[0].capabilities.batch.supported


def test_errors_are_the_sdks_own(base_url: str) -> None:
    with (
        anthropic.Anthropic(api_key="k", base_url=base_url, max_retries=0) as client,
        pytest.raises(anthropic.BadRequestError, match="at least 1 item") as caught,
    ):
        client.messages.batches.create(requests=[])
    assert caught.value.request_id.startswith("req_")
