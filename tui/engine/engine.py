"""The client and the ledger behind the screens, for as long as the app runs."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, final

import trio

from trio_batches import Client, Home, TrioBatchesError, open_ledger
from tui.engine.batches import BatchWatch
from tui.engine.jobs import JobBoard
from tui.engine.notes import Notes, taking_notes
from tui.engine.story import Story, tell_story
from tui.events import Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from trio_batches import Ledger
    from tui.events import Event

__all__ = ("Engine",)


@final
class Engine:
    """Runs under Trio; its methods are called through the bridge.

    Args:
        publish: Takes an event to the screens, from any thread.
        open_client: Opens the client; by default as the environment says.
        home: Where the ledger, inputs and results are.
        read_only: Refuse whatever changes something on the service.
        poll_interval: Seconds between two refreshes while batches run.
    """

    def __init__(
        self,
        publish: Callable[[Event], None],
        *,
        open_client: Callable[[], AbstractAsyncContextManager[Client]] = Client,
        home: Home | None = None,
        read_only: bool = False,
        poll_interval: float = 10.0,
    ) -> None:
        self.publish = publish
        self.home: Home = home or Home()
        self.read_only = read_only
        self.poll_interval = poll_interval
        self.jobs: JobBoard = JobBoard(self, publish)
        self._open_client = open_client
        self._client: Client | TrioBatchesError | None = None
        self._ledger: Ledger | None = None
        self._watch: BatchWatch | None = None
        self._ready: trio.Event = trio.Event()

    async def run(self) -> None:
        """Keep the screens up to date until cancelled.

        Raises:
            StorageError: The ledger cannot be opened.
            LedgerVersionError: A newer version has written it.
        """
        notes = Notes(self.publish)
        with taking_notes(notes):
            async with open_ledger(self.home) as ledger:
                self._ledger = ledger
                await self._run(ledger, notes)

    async def _run(self, ledger: Ledger, notes: Notes) -> None:
        watch = self._watch = BatchWatch(
            ledger, self.home, self.publish, poll_interval=self.poll_interval
        )
        notes.hear = watch.hear
        async with trio.open_nursery() as nursery, AsyncExitStack() as stack:
            nursery.start_soon(watch.follow_ledger)
            self._client = await self._connect(stack)
            self._ready.set()
            # In a nursery of their own, so that the client is open until they have ended.
            async with trio.open_nursery() as users:
                users.start_soon(self.jobs.run)
                if not isinstance(self._client, TrioBatchesError):
                    users.start_soon(watch.follow_service, self._client)

    async def _connect(self, stack: AsyncExitStack) -> Client | TrioBatchesError:
        """Open the client; without a key there is none, and the files remain to be read."""
        try:
            client = await stack.enter_async_context(self._open_client())
        except TrioBatchesError as error:
            self.publish(Link(state="refused", sentence=str(error)))
            return error
        workspace = os.environ.get("ANTHROPIC_WORKSPACE_ID", "")
        self.publish(Link(state="connecting", service=client.base_url, workspace=workspace))
        return client

    def set(self, poll_interval: float, *, read_only: bool) -> None:
        """Change settings; any thread may call it."""
        self.poll_interval, self.read_only = poll_interval, read_only
        if self._watch is not None:
            self._watch.poll_interval = poll_interval

    async def client(self) -> Client:
        """Return the open client, once there is one.

        Raises:
            TrioBatchesError: There is none: no key, or a wrong setting.
        """
        await self._ready.wait()
        if isinstance(self._client, TrioBatchesError):
            raise self._client
        assert self._client is not None  # noqa: S101  # set before it is ready
        return self._client

    async def ledger(self) -> Ledger:
        """Return the open ledger."""
        await self._ready.wait()
        assert self._ledger is not None  # noqa: S101  # set before it is ready
        return self._ledger

    async def refresh(self) -> None:
        """Ask the service now, and not when the pause is over."""
        await self._ready.wait()
        assert self._watch is not None  # noqa: S101  # set before it is ready
        self._watch.hurry()

    async def raw(self, batch_ids: tuple[str, ...]) -> dict[str, bytes]:
        """Return what the service said last of batches; unknown ones are left out.

        Raises:
            StorageError: The ledger cannot be read.
        """
        return await (await self.ledger()).raw(batch_ids)

    async def story(self, batch_id: str) -> Story | None:
        """Return all that is known of a batch; None if the ledger has not seen it.

        Raises:
            StorageError: The ledger or a folder cannot be read.
        """
        return await tell_story(await self.ledger(), self.home, batch_id)
