"""An engine at work against a simulated service on a socket."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio

from trio_batches import Client, Home
from trio_batches.simulator import open_simulator
from tui.engine.engine import Engine
from tui.job_views import JobsRead

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from trio_batches import RetryPolicy
    from trio_batches.simulator import World
    from tui.engine.job import Job
    from tui.events import Event
    from tui.job_views import ItemView, JobView

__all__ = ("KEY", "Session", "open_session")

KEY = "sk-test-not-a-key"


class Session:
    """What a test asks an engine, and what the engine has told.

    Attributes:
        told: Every `JobsRead`, in order.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.engine: Engine
        self.told: list[JobsRead] = []
        self._news: trio.Event = trio.Event()

    def publish(self, event: Event) -> None:
        if isinstance(event, JobsRead):
            self.told.append(event)
            self._news.set()
            self._news = trio.Event()

    async def news(self) -> None:
        """Wait for the next `JobsRead`."""
        await self._news.wait()

    def view(self, job_id: int) -> JobView | None:
        jobs = self.told[-1].jobs if self.told else ()
        return next((job for job in jobs if job.id == job_id), None)

    async def until(self, job_id: int, condition: Callable[[JobView], object]) -> JobView:
        """Wait until what is told of a job is so; fail where it is not within half a minute."""
        with trio.fail_after(30):
            while True:
                view = self.view(job_id)
                if view is not None and condition(view):
                    return view
                await self.news()

    async def finish(self, job: Job) -> JobView:
        """Start a job and wait for its end."""
        return await self.until(await self.engine.jobs.start(job), lambda view: view.ended_at)

    async def items(self, job_id: int) -> dict[str, ItemView]:
        return {item.key: item for item in await self.engine.jobs.items(job_id)}


@asynccontextmanager
async def open_session(
    world: World,
    folder: Path,
    *,
    key: str = KEY,
    read_only: bool = False,
    retry: RetryPolicy | None = None,
) -> AsyncGenerator[Session]:
    session = Session(Home(folder / "home"))
    async with open_simulator(world) as simulator, trio.open_nursery() as nursery:
        session.engine = Engine(
            session.publish,
            open_client=lambda: Client(api_key=key, base_url=simulator.base_url, retry=retry),
            home=session.home,
            read_only=read_only,
        )
        nursery.start_soon(session.engine.run)
        yield session
        nursery.cancel_scope.cancel()
