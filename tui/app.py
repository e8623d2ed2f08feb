"""The app: what all screens share, and which of them is shown."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.signal import Signal
from typing_extensions import override

from tui import chrome
from tui.actions import bindings
from tui.actions.app import APP
from tui.config import Configuration
from tui.harmless import Harmless
from tui.keymap import checked_keymap, key_of
from tui.screens.batches import BatchesScreen
from tui.screens.verbs import VerbScreen
from tui.state.activity import Activity
from tui.state.batches import BatchList
from tui.state.jobs import JobList, news_of
from tui.state.plain import plain_line
from tui.terminal_title import TerminalTitle
from tui.themes import THEMES, ansi_color, register_themes
from tui.undo import Undo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path
    from typing import TypeVar

    from textual.actions import ActionParseResult
    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel
    from typing_extensions import TypeVarTuple

    from trio_batches import Client
    from tui.bridge import Bridge
    from tui.engine.engine import Engine
    from tui.events import Event, Link
    from tui.job_views import JobView
    from tui.state.settings import Settings

    T = TypeVar("T")
    Ts = TypeVarTuple("Ts")

__all__ = ("BatchesApp", "Options")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the app is started."""

    home: Path | None = None
    """Where ledger, inputs and results are; by default as for every command."""

    open_client: Callable[[], AbstractAsyncContextManager[Client]] | None = None
    """Opens the client, under Trio; by default as the environment says."""

    view: Path | None = None
    """A results file to show, and nothing else."""

    configuration: Configuration = field(default_factory=Configuration)
    """The user's settings, and where they come from."""

    @property
    def read_only(self) -> bool:
        """Whether what changes something on the service is left out."""
        return self.configuration.settings.read_only


class Told(Message):
    """Trio has told something."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event: Event = event


class BatchesApp(App[None]):
    """Browse, watch, cancel, delete and read batches.

    Attributes:
        batches: All batches, as the list shows them.
        link: How it stands with the service; None before the first word of it.
        activity: What was done since the app was started.
        jobs: The jobs of this session, as their screen shows them.
        jobs_changed: Published when `jobs` is new.
        undo: What was confirmed and can still be taken back.
        title_line: The title of the terminal's window.
        asking: Whether a verb has a dialog open: one is enough.
        cancels_unasked: Whether the user does not want to be asked before cancels.
        batches_changed: Published when `batches` is new.
        link_changed: Published when `link` is new.
        drawn: Set when the first screen is on the terminal.
    """

    CSS_PATH = "app.tcss"
    TITLE = "trio_batches"
    ENABLE_COMMAND_PALETTE = False
    PAUSE_GC_ON_SCROLL: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP)]

    def __init__(self, options: Options) -> None:
        super().__init__(ansi_color=ansi_color(os.environ))
        self.options = options
        settings = options.configuration.settings
        register_themes(self, settings.theme)
        keymap = checked_keymap(options.configuration)
        self.set_keymap(keymap)
        if not settings.animations:
            self.animation_level = "none"
        self.batches: BatchList = BatchList()
        self.link: Link | None = None
        self.activity: Activity = Activity()
        self.jobs: JobList = JobList()
        self.jobs_changed: Signal[None] = Signal(self, "jobs")
        self.undo: Undo = Undo(self, key_of("app.take_back", keymap))
        self.cancels_unasked = False
        self.asking = False
        self.title_line: TerminalTitle = TerminalTitle(None)
        self.batches_changed: Signal[None] = Signal(self, "batches")
        self.link_changed: Signal[None] = Signal(self, "link")
        self.drawn: asyncio.Event = asyncio.Event()
        self._bridge: Bridge | None = None
        self._engine: Engine | None = None
        self._connected: asyncio.Event = asyncio.Event()

    @override
    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through before it is drawn."""
        return (*super().get_line_filters(), HARMLESS)

    async def on_mount(self) -> None:
        """Show the first screen."""
        if not self.is_headless:
            self.title_line = TerminalTitle(sys.__stderr__)
        # Textual leaves the screen blank after ctrl-z and fg. Source: Textualize/textual#6298.
        resumed = cast("Signal[object]", self.app_resume_signal)  # pyright: ignore[reportUnknownMemberType]
        resumed.subscribe(self, lambda _: self.call_later(self.refresh, layout=True))
        # What nobody sees does not count down.
        suspended = cast("Signal[object]", self.app_suspend_signal)  # pyright: ignore[reportUnknownMemberType]
        suspended.subscribe(self, lambda _: self.undo.countdowns.hold("suspended"), immediate=True)
        resumed.subscribe(self, lambda _: self.undo.countdowns.go_on("suspended"))
        await self.push_screen(self._first_screen())
        self.call_after_refresh(self.drawn.set)

    def _first_screen(self) -> Screen[None]:
        if self.options.view is None:
            return BatchesScreen()
        from tui.screens.results import ResultsScreen  # noqa: PLC0415  # not for every start
        from tui.state.requests import kept_requests  # noqa: PLC0415

        path = self.options.view
        return ResultsScreen(path, requests=kept_requests(path))

    def on_unmount(self) -> None:
        """Leave the terminal's window as it was."""
        self.title_line.restore()

    async def make_engine(self, publish: Callable[[Event], None]) -> Engine:
        """Make what runs under Trio; called there, since it loads Trio."""
        from trio_batches import Client, Home  # noqa: PLC0415
        from tui.engine.engine import Engine  # noqa: PLC0415

        return Engine(
            publish,
            open_client=self.options.open_client or Client,
            home=Home(self.options.home),
            read_only=self.options.read_only,
            poll_interval=self.options.configuration.settings.poll_interval,
        )

    def connect(self, bridge: Bridge, engine: Engine) -> None:
        """Take what the screens ask from now on."""
        self._bridge, self._engine = bridge, engine
        self._connected.set()

    async def engine(self) -> Engine:
        """Return the engine, once there is one."""
        await self._connected.wait()
        assert self._engine is not None  # noqa: S101  # set before
        return self._engine

    async def ask(self, function: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
        """Run a function of the engine under Trio, and return what it returns.

        Raises:
            TrioBatchesError: What the function raises.
        """
        await self._connected.wait()
        assert self._bridge is not None  # noqa: S101  # set before
        return await self._bridge.call(function, *args)

    def receive(self, event: Event) -> None:
        """Take what Trio tells, in its turn among keys and other messages."""
        self.post_message(Told(event))

    @on(Told)
    def _take(self, message: Told) -> None:
        from tui.events import BatchesRead, Link, NotesRead  # noqa: PLC0415  # they load Trio
        from tui.job_views import JobsRead  # noqa: PLC0415

        match event := message.event:
            case BatchesRead():
                self.batches.update(event.batches, event.parts)
                self.batches_changed.publish(None)
            case JobsRead():
                self._take_jobs(event.jobs)
            case Link():
                self.link = event
                self.link_changed.publish(None)
            case NotesRead():
                self.activity.absorb(event.notes)

    def _take_jobs(self, jobs: tuple[JobView, ...]) -> None:
        """Show the jobs, and say what is new about them."""
        before = self.jobs.jobs
        for job in jobs:
            if job.id not in before:
                self.activity.add(job.words, command=job.cli)
            for news in news_of(before.get(job.id), job):
                self.activity.add(news.sentence, tone="bad" if news.wrong else "good")
                severity: SeverityLevel = "error" if news.wrong else "information"
                self.notify(plain_line(news.sentence), severity=severity, markup=False)
                if news.rings:
                    self.bell()
                    self.title_line.show(news.sentence)
        self.jobs.update(jobs)
        self.jobs_changed.publish(None)

    async def refresh_batches(self) -> None:
        """Ask the service now."""
        await self.ask((await self.engine()).refresh)

    def open_batch(self, batch_id: str) -> None:
        """Show one batch."""
        from tui.screens.batch import BatchScreen  # noqa: PLC0415  # not needed to begin with

        self.push_screen(BatchScreen(batch_id))

    def action_jobs(self) -> None:
        """Show the jobs."""
        from tui.screens.jobs import JobsScreen  # noqa: PLC0415  # not needed to begin with

        if not isinstance(self.screen, JobsScreen):
            self.push_screen(JobsScreen())

    def action_take_back(self) -> None:
        """Take back what was confirmed last."""
        taken = self.undo.take_back()
        if taken:
            self.notify(f"taken back, nothing was sent: {taken}", markup=False)

    @override
    async def action_quit(self) -> None:
        """Leave; say once what was confirmed and would not be sent any more."""
        if self.undo.countdowns and not self.undo.leaving:
            from tui import verbs  # noqa: PLC0415  # not needed to begin with

            self.run_worker(verbs.leave(self))
        else:
            self.exit()

    async def action_leave(self) -> None:
        """Go back to the screen before; from the first one, leave the app."""
        if len(self.screen_stack) > FIRST_SCREENS:
            self.pop_screen()
        else:
            await self.action_quit()

    @override
    async def action_back(self) -> None:
        """Clear what is set on this screen, or go back to the one before."""
        screen = cast("object", self.screen)
        if isinstance(screen, VerbScreen) and screen.step_back():
            return
        if len(self.screen_stack) > FIRST_SCREENS:
            self.pop_screen()

    @override
    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, unless its screen is so new that there is nothing on it yet."""
        node: object = default_namespace
        if isinstance(node, Screen) and not node.is_mounted:
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def apply(self, settings: Settings) -> None:
        """Let other settings hold until the app ends."""
        configuration = self.options.configuration.change(settings)
        self.options = replace(self.options, configuration=configuration)
        self.theme = settings.theme
        self.animation_level = "full" if settings.animations else "none"
        if self._engine is not None:
            self._engine.set(settings.poll_interval, read_only=settings.read_only)
        self.refresh_bindings()

    def action_next_theme(self) -> None:
        """Change to the next theme."""
        settings = self.options.configuration.settings
        names = list(THEMES)
        self.apply(replace(settings, theme=names[(names.index(self.theme) + 1) % len(names)]))

    def action_help(self) -> None:
        """Show the keys that work here."""
        chrome.show_help(self)

    def action_palette(self) -> None:
        """Find something by typing a part of its name."""
        chrome.show_palette(self)

    def action_settings(self) -> None:
        """Show what is set."""
        chrome.show_settings(self)

    def action_activity(self) -> None:
        """Show what was done."""
        chrome.show_activity(self)


HARMLESS = Harmless()

FIRST_SCREENS = 2
"""Textual's own blank one, and ours above it."""
