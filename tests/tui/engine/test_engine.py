"""The engine against a simulated service on a real socket."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trio
import trio.testing
from typing_extensions import override

from tests.tui.engine.session import open_session
from tests.tui.service import client_of
from trio_batches import Client, CredentialsError, Home, open_ledger, refresh
from trio_batches.simulator import Answer, Cut, Fault, Scenario, World
from tui.engine.engine import Engine
from tui.engine.watches import WatchJob
from tui.events import BatchesRead, Event, Link, NotesRead

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tui.engine.job import Desk


class Screen:
    """Keeps what an engine publishes, and lets a test wait for some of it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = trio.Event()

    def publish(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()
        self._news = trio.Event()

    async def wait_for(self, wanted: Callable[[Event], bool]) -> Event:
        with trio.fail_after(30):
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                await self._news.wait()

    async def wait_for_link(self, state: str) -> Link:
        found = await self.wait_for(lambda event: isinstance(event, Link) and event.state == state)
        assert isinstance(found, Link)
        return found

    def batches(self) -> list[list[str]]:
        """Return the ids of each reading of the batches."""
        return [
            [batch.id for batch in event.batches]
            for event in self.events
            if isinstance(event, BatchesRead)
        ]


@asynccontextmanager
async def running(
    home: Path,
    open_client: Callable[[], AbstractAsyncContextManager[Client]],
    *,
    poll_interval: float = 10.0,
) -> AsyncGenerator[tuple[Engine, Screen]]:
    screen = Screen()
    engine = Engine(
        screen.publish, open_client=open_client, home=Home(home), poll_interval=poll_interval
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(engine.run)
        yield engine, screen
        nursery.cancel_scope.cancel()


async def test_an_empty_ledger_is_filled_page_by_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.batches.PAGE", 10)
    world = World(1)
    world.populate(25)

    async with running(tmp_path, client_of(world)) as (_, screen):
        await screen.wait_for_link("online")

    lengths = [len(ids) for ids in screen.batches()]
    assert lengths == [0, 10, 20, 25]
    assert screen.batches()[-1] == world.batch_ids


async def test_what_the_ledger_knows_is_there_before_the_service_answers(tmp_path: Path) -> None:
    world = World(1)
    world.populate(5)
    async with client_of(world)() as client, open_ledger(Home(tmp_path)) as ledger:
        await refresh(client, ledger)

    async with running(tmp_path, client_of(world)) as (_, screen):
        await screen.wait_for_link("online")

    first = next(place for place, event in enumerate(screen.events) if is_full(event))
    answered = [event.state for event in screen.events[:first] if isinstance(event, Link)]
    assert "online" not in answered


async def test_a_batch_that_is_deleted_while_its_page_is_on_its_way_is_not_back(
    tmp_path: Path,
) -> None:
    stall = Cut(place="byte", at=200, how="stall", seconds=0.2)
    world = World(1, scenario=Scenario(faults=(Fault(operation="list", cut=stall),)))
    world.populate(5)
    async with open_ledger(Home(tmp_path)) as ledger:
        await ledger.set_label(world.batch_ids[2], "mine")  # it is known, but was not listed

        async with running(tmp_path, client_of(world)) as (_, screen):
            while not world.requests:
                await trio.testing.wait_all_tasks_blocked()
            await ledger.mark_gone([world.batch_ids[2]])
            await screen.wait_for_link("online")

        assert len(await ledger.batches()) == 4


async def test_a_home_that_knows_one_batch_soon_shows_all(tmp_path: Path) -> None:
    world = World(1)
    world.populate(5)
    async with client_of(world)() as client, open_ledger(Home(tmp_path)) as ledger:
        page = await client.messages.batches.list(limit=1)
        await ledger.save_batches(zip(page.data, page.raw_data, strict=True))

    async with running(tmp_path, client_of(world), poll_interval=3600) as (_, screen):
        await screen.wait_for(is_full)


def is_full(event: Event) -> bool:
    return isinstance(event, BatchesRead) and len(event.batches) == 5


async def test_a_service_out_of_reach_is_told_and_asked_again(tmp_path: Path) -> None:
    fault = Fault(operation="list", answer=Answer(status=500), times=1)
    world = World(1, scenario=Scenario(faults=(fault,)))
    world.populate(5)

    async with running(tmp_path, client_of(world)) as (_, screen):
        offline = await screen.wait_for_link("offline")
        online = await screen.wait_for_link("online")

    assert "trying again in" in offline.sentence
    assert online.sentence == ""
    assert any(isinstance(event, NotesRead) for event in screen.events)


async def test_a_refused_key_is_told_and_the_files_remain(tmp_path: Path) -> None:
    world = World(1, api_key="another-fake-key")

    async with running(tmp_path, client_of(world)) as (engine, screen):
        refused = await screen.wait_for_link("refused")
        story = await engine.story("msgbatch_unknown")

    assert "simulated-key" not in refused.sentence
    assert story is None


async def test_without_a_key_it_shows_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    async with running(tmp_path, Client) as (engine, screen):
        refused = await screen.wait_for_link("refused")
        await screen.wait_for(lambda event: isinstance(event, BatchesRead))
        with pytest.raises(CredentialsError):
            await engine.client()

    assert "ANTHROPIC_API_KEY" in refused.sentence


async def test_a_part_in_the_results_folder_is_seen(tmp_path: Path) -> None:
    world = World(1)
    world.populate(1)
    results = tmp_path / "results"

    async with running(tmp_path, client_of(world)) as (_, screen):
        await screen.wait_for_link("online")
        results.mkdir(exist_ok=True)
        (results / f"{world.batch_ids[0]}.jsonl.abc.part").touch()
        await screen.wait_for(lambda event: isinstance(event, BatchesRead) and bool(event.parts))


async def test_a_batch_is_told_whole(tmp_path: Path) -> None:
    world = World(1)
    batch_id = world.add_ended_batch(10, errored=2)

    async with running(tmp_path, client_of(world)) as (engine, screen):
        await screen.wait_for_link("online")
        await (await engine.ledger()).set_label(batch_id, "night")
        (tmp_path / "requests").mkdir(exist_ok=True)
        (tmp_path / "requests" / f"{batch_id}.jsonl").write_bytes(b"{}\n")
        story = await engine.story(batch_id)

    assert story is not None
    assert story.batch.label == "night"
    assert [file.what for file in story.files] == ["requests"]
    assert batch_id.encode() in story.raw


async def test_asking_for_a_refresh_ends_the_pause(tmp_path: Path) -> None:
    world = World(1)

    async with running(tmp_path, client_of(world)) as (engine, screen):
        await screen.wait_for_link("online")
        before = len(world.requests)
        await engine.refresh()
        await screen.wait_for(lambda _: len(world.requests) > before)


class LastWordJob(WatchJob):
    """Asks the service once more after it was cancelled, as late as it can."""

    def __init__(self) -> None:
        super().__init__(())
        self.began = trio.Event()
        self.batches: int | None = None

    @override
    async def work(self, desk: Desk) -> None:
        self.began.set()
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await trio.testing.wait_all_tasks_blocked(0.01)
                self.batches = len((await desk.client.messages.batches.list()).data)


async def test_the_client_is_open_until_what_uses_it_has_ended(tmp_path: Path) -> None:
    job = LastWordJob()
    world = World(seed=7)
    world.add_ended_batch(10)
    async with open_session(world, tmp_path) as session:  # whose service outlives the engine
        await session.engine.jobs.start(job)
        await job.began.wait()

    assert job.batches == 1
