"""Trio in a worker thread beside Textual's own event loop, and what crosses between them.

Calls go in, frozen events come out: of each kind only the latest, ten times a
second at most, so that a job that reports a million things costs the screen nothing.
This is the one module that knows both loops; anyio does the work.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TypeVar, final

from anyio.from_thread import start_blocking_portal
from typing_extensions import TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from anyio.from_thread import BlockingPortal

    from tui.events import Event

__all__ = ("Bridge",)

INTERVAL = 0.1
"""Seconds between two deliveries."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@final
class Bridge:
    """An async context manager, on Textual's loop; leaving it cancels what Trio still does.

    Args:
        deliver: Called on Textual's loop with each event.
    """

    def __init__(self, deliver: Callable[[Event], None]) -> None:
        self._deliver = deliver
        self._loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
        self._manager: AbstractContextManager[BlockingPortal] = start_blocking_portal(
            "trio", name="trio_batches"
        )
        self._portal: BlockingPortal
        self._lock: threading.Lock = threading.Lock()
        self._latest: dict[type[Event], Event] = {}
        self._delivered_at = 0.0
        self._stopping = False

    async def __aenter__(self) -> Self:
        """Start the thread."""
        starting = asyncio.create_task(asyncio.to_thread(self._manager.__enter__))
        cancelled = await _ended(starting)
        self._portal = starting.result()
        if cancelled is not None:
            await self.__aexit__(None, cancelled, None)
            raise cancelled
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Cancel every call and wait until its clean-up is done, whatever cancels the wait."""
        self._stopping = True
        stopping = asyncio.create_task(asyncio.to_thread(self._stop))
        cancelled = await _ended(stopping)
        stopping.result()
        if cancelled is not None and exc is None:  # else that is what the block ends with
            raise cancelled

    async def call(self, function: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
        """Run a function under Trio and return what it returns, or raise what it raises.

        Cancelling cancels it there, too. Once the block is being left there is nothing
        to wait for, but for the caller to be cancelled like what it shows itself in.
        """
        if self._stopping:
            await self._loop.create_future()
        return await asyncio.wrap_future(self._portal.start_task_soon(function, *args))

    def publish(self, event: Event) -> None:
        """Let an event be delivered, unless a later one of its kind comes before that.

        Any thread may call it; it waits for nothing.
        """
        with self._lock:
            due = not self._latest
            self._latest[type(event)] = event
        if due:
            with suppress(RuntimeError):  # the screen's loop has ended: nobody looks any more
                self._loop.call_soon_threadsafe(self._schedule)

    def _schedule(self) -> None:
        wait = self._delivered_at + INTERVAL - self._loop.time()
        self._loop.call_later(max(0.0, wait), self._deliver_latest)

    def _deliver_latest(self) -> None:
        with self._lock:
            events, self._latest = self._latest, {}
        self._delivered_at = self._loop.time()
        for event in events.values():
            self._deliver(event)

    def _stop(self) -> None:
        self._portal.call(self._portal.stop, True)  # noqa: FBT003  # cancel what still runs
        self._manager.__exit__(None, None, None)


async def _ended(task: asyncio.Task[T]) -> asyncio.CancelledError | None:
    """Wait for the end of a task; return what has cancelled the one that waits meanwhile."""
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:  # noqa: ASYNC103  # the caller raises it
            cancelled = error
    return cancelled
