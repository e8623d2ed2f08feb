"""Keep the list of batches up to date: from the ledger at once, from the service behind it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

import trio
from msgspec.structs import replace

from trio_batches import RateLimitError, ServerError, TransportError, TrioBatchesError, refresh
from tui.events import BatchesRead, Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from trio_batches import Client, Home, Ledger
    from tui.events import Event

__all__ = ("BatchWatch",)

LEDGER_SECONDS = 1.0
"""How often to look whether anyone has changed the ledger."""

QUIET_SECONDS = 60.0
"""Between refreshes while none does, or the service refuses."""

FULL_EVERY = 30
"""After so many refreshes of its beginning, the whole list is asked for.

That finds what was deleted elsewhere and, in a home that knows its own batches only, all
others: so it is done soon after the start, too.
"""

PAGE = 1000


@final
class BatchWatch:
    """Publishes `BatchesRead` and `Link` events.

    Args:
        ledger: An open one.
        home: Whose results folder shows what was begun.
        publish: Takes an event to the screens.
        poll_interval: Seconds between refreshes while batches run.
    """

    def __init__(
        self,
        ledger: Ledger,
        home: Home,
        publish: Callable[[Event], None],
        *,
        poll_interval: float,
    ) -> None:
        self._ledger = ledger
        self._home = home
        self._publish = publish
        self.poll_interval = poll_interval
        self._hurry: trio.Event = trio.Event()
        self._seen: tuple[int, frozenset[str]] | None = None
        self._runs = False
        self._link: Link = Link(state="connecting")
        self._asking = False

    def hurry(self) -> None:
        """End the pause before the next refresh."""
        self._hurry.set()

    async def follow_ledger(self) -> None:
        """Publish the batches whenever the ledger or the folder of results has changed."""
        while True:
            await self._read()
            await trio.sleep(LEDGER_SECONDS)

    async def _read(self) -> None:
        """Publish the batches if anything about them is new."""
        version = await self._ledger.version()
        parts = await trio.to_thread.run_sync(self._find_parts)
        if (version, parts) == self._seen:
            return
        self._seen = (version, parts)
        batches = await self._ledger.batches()
        self._runs = any(not batch.ended for batch in batches)
        self._publish(BatchesRead(batches, parts))

    def _find_parts(self) -> frozenset[str]:
        """Return the ids of batches of which the folder of results has a part."""
        try:
            names = [path.name for path in self._home.results.iterdir()]
        except OSError:  # there is no such folder before the first download
            return frozenset()
        return frozenset(name.split(".", 1)[0] for name in names if name.endswith(".part"))

    async def follow_service(self, client: Client) -> None:
        """Refresh the ledger again and again; what is wrong is told, and tried again."""
        workspace = os.environ.get("ANTHROPIC_WORKSPACE_ID", "")
        self._tell(Link(state="connecting", service=client.base_url, workspace=workspace))
        partial = FULL_EVERY - 1  # what comes first shows what is new
        while True:
            self._asking = True
            try:
                whole = await self._refresh(client, full=partial == FULL_EVERY)
            except (TransportError, ServerError, RateLimitError) as error:
                self._tell(replace(self._link, state="offline", sentence=str(error)))
            except TrioBatchesError as error:
                self._tell(replace(self._link, state="refused", sentence=str(error)))
            else:
                now = datetime.now(UTC)
                self._tell(replace(self._link, state="online", sentence="", refreshed_at=now))
                partial = 0 if whole else partial + 1
            self._asking = False
            await self._read()
            if self._link.state == "online" and partial == FULL_EVERY:
                continue
            busy = self._runs or self._link.state == "offline"
            pause = self.poll_interval if busy else max(QUIET_SECONDS, self.poll_interval)
            with trio.move_on_after(pause):
                await self._hurry.wait()
            self._hurry = trio.Event()

    def hear(self, note: str) -> None:
        """Take it that the service is out of reach when there is trouble while it is asked."""
        if self._asking:
            self._tell(replace(self._link, state="offline", sentence=note))

    def _tell(self, link: Link) -> None:
        self._link = link
        self._publish(link)

    async def _refresh(self, client: Client, *, full: bool) -> bool:
        """Return whether the whole list was asked for."""
        if await self._ledger.known_ids():
            await refresh(client, self._ledger, full=full)
            return full
        asked_at = datetime.now(UTC)  # a batch that is deleted after that is not seen by its page
        page = await client.messages.batches.list(limit=PAGE)
        while True:
            seen = zip(page.data, page.raw_data, strict=True)
            await self._ledger.save_batches(seen, seen_at=asked_at)
            await self._read()
            if not page.has_next_page():
                return True
            asked_at = datetime.now(UTC)
            page = await page.get_next_page()
