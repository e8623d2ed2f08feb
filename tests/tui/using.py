"""An app in use: keys in, and what the user would wait for."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from textual import events
from textual.widgets import Static

from tests.trio_batches.jobs.places import asked
from tests.tui.service import app_of
from tests.tui.showing import shown
from tests.tui.waiting import wait_until
from trio_batches.simulator import Scenario, World
from tui.screens.confirm import ConfirmScreen
from tui.screens.dialog import Dialog
from tui.verbs import VERBS
from tui.widgets.countdown import Countdown

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget

    from tui.app import BatchesApp
    from tui.job_views import JobView
    from tui.screens.batches import BatchesScreen

__all__ = ("Session", "deletes", "text_of", "using", "world_of")


class Session:
    """An app in use."""

    def __init__(self, app: BatchesApp, screen: BatchesScreen, pilot: Pilot[None]) -> None:
        self.app = app
        self.list = screen
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)

    def burst(self, *keys: str) -> None:
        """Press keys that come together, as over a slow line."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))

    async def dialog(self) -> ConfirmScreen:
        """Wait for a question that can be answered, and return it."""
        await wait_until(lambda: isinstance(self.app.screen, ConfirmScreen) and self.focused)
        await self.heard()
        screen = self.app.screen
        assert isinstance(screen, ConfirmScreen)
        return screen

    async def heard(self) -> None:
        """Wait until a dialog takes keys as answers."""
        await wait_until(lambda: isinstance(self.app.screen, Dialog) and self.app.screen.listens)

    @property
    def focused(self) -> str:
        return getattr(self.app.focused, "id", None) or ""

    @property
    def screen(self) -> object:
        """The screen on top."""
        return cast("object", self.app.screen)

    def is_waiting(self) -> bool:
        """Tell whether the verb that was begun, if any, waits for an answer."""
        running = (worker for worker in self.app.workers if worker.name in VERBS)
        return isinstance(self.screen, Dialog) or not any(one.is_running for one in running)

    async def back(self) -> None:
        """Wait until the list is on top again."""
        await wait_until(lambda: self.app.screen is self.list)

    async def job(self) -> JobView:
        """Wait until a job has ended, and return it."""
        await wait_until(lambda: any(job.ended_at for job in self.app.jobs.jobs.values()))
        return next(job for job in self.app.jobs.jobs.values() if job.ended_at)

    def said(self) -> str:
        return "\n".join(note.message for note in self.app._notifications)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def countdown(self) -> str:
        found = self.app.screen.query(Countdown)
        return str(found.first().render()) if found else ""


@asynccontextmanager
async def using(
    world: World,
    home: Path,
    *,
    read_only: bool = False,
    seconds: float = 5.0,
    size: tuple[int, int] = (120, 36),
) -> AsyncGenerator[Session]:
    app = app_of(world, home, read_only=read_only)
    app.undo.countdowns.seconds = seconds
    async with shown(app, size) as (screen, pilot):
        await wait_until(lambda: len(screen.table.rows) == len(world))
        await wait_until(lambda: screen.targets() or not len(world))
        yield Session(app, screen, pilot)


def world_of(ended: int, running: int = 0, *, requests: int = 10) -> World:
    world = World(3, scenario=Scenario(cancel_seconds=3600, batch_seconds=3600))
    for number in range(ended):
        world.add_ended_batch(requests, age=7200.0 + number)
    for _ in range(running):
        world.add_in_progress_batch(requests)
    return world


def deletes(world: World) -> int:
    return len(asked(world, "delete"))


def text_of(widget: Widget) -> str:
    return "\n".join(str(line.render()) for line in widget.query(Static))
