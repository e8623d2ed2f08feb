"""A job: the same work for many things, each with a state of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

import trio

from trio_batches import TrioBatchesError, for_each, one_line
from tui.engine.speed import Speed
from tui.job_views import ItemView, JobView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from trio_batches import Client, Home, Ledger
    from tui.job_views import ItemState, JobKind, JobState

__all__ = ("Desk", "Item", "Job")

ENDED: frozenset[ItemState] = frozenset(("done", "failed", "cancelled"))


@dataclass(frozen=True)
class Desk:
    """What a job works with."""

    client: Client
    ledger: Ledger
    home: Home


@dataclass(eq=False, slots=True, kw_only=True)
class Item:
    """One thing that a job does something with; see `ItemView`."""

    key: str
    batch_id: str | None = None
    state: ItemState = "waiting"
    sentence: str = ""
    lines: int = 0
    expected: int = 0
    bytes: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in ENDED

    def finish(self, state: ItemState, sentence: object = "") -> None:
        """Take note of what came of it."""
        self.state = state
        self.sentence = one_line(str(sentence)).removeprefix(f"{self.key}: ")

    def view(self) -> ItemView:
        """Return what the screens may see of it."""
        return ItemView(
            key=self.key,
            batch_id=self.batch_id,
            state=self.state,
            sentence=self.sentence,
            lines=self.lines,
            expected=self.expected,
            bytes=self.bytes,
        )


class Job(ABC):
    """Work that can be looked at and cancelled.

    Args:
        batch_ids: What it works on; an item each.

    Attributes:
        id: Given by whoever runs it.
        items: By key, in their order.
        scope: Cancelling it ends the job.
        sentence: The latest of it.
        claims: The batches that no other job may touch meanwhile.
    """

    kind: ClassVar[JobKind]
    writes: ClassVar[bool] = False
    """Whether it changes something on the service."""

    fetches: ClassVar[bool] = False

    def __init__(self, batch_ids: Iterable[str] = ()) -> None:
        self.id: int = 0
        self.items: dict[str, Item] = {id_: Item(key=id_, batch_id=id_) for id_ in batch_ids}
        self.scope: trio.CancelScope = trio.CancelScope()
        self.sentence: str = ""
        self.claims: frozenset[str] = frozenset(self.items)
        self.began_at: datetime = datetime.now(UTC)
        self.ended_at: datetime | None = None
        self._speed: Speed = Speed()
        self._stopped: bool = False
        self._failed: bool = False
        self._last_view: JobView | None = None

    @property
    @abstractmethod
    def words(self) -> str:
        """What it does."""

    @property
    @abstractmethod
    def cli(self) -> str:
        """The command that does the same."""

    @abstractmethod
    async def work(self, desk: Desk) -> None:
        """Do it.

        Raises:
            TrioBatchesError: Nothing more can be done.
        """

    def look(self) -> None:  # noqa: B027  # most jobs keep their items themselves
        """Bring the items up to date with what is known of them elsewhere."""

    def again(self) -> Job | None:
        """Return a job for what failed or was cancelled; None where the user is asked first."""
        return None

    @property
    def received(self) -> int:
        """Bytes that came over the wire."""
        return 0

    def bytes_left(self) -> int | None:
        """Return how many bytes are still to come; None where nobody can tell."""
        return None

    def part_of(self, batch_id: str) -> Path | None:  # noqa: ARG002  # few jobs have any
        """Return the file that a batch's results are being written to; None if there is none."""
        return None

    def waiting(self) -> list[str]:
        """Return the keys of the items that nothing has been done with."""
        return [key for key, item in self.items.items() if item.state == "waiting"]

    def unfinished(self) -> list[str]:
        """Return the keys of the items that failed or were cancelled."""
        return [key for key, item in self.items.items() if item.state in {"failed", "cancelled"}]

    async def each(
        self, call: Callable[[str], Awaitable[str]], keys: Iterable[str] | None = None
    ) -> None:
        """Call a function, which returns a sentence, for items; one failure stops no other.

        Args:
            call: Gets the key of an item.
            keys: Of the items; by default of those that wait.
        """

        async def one(key: str) -> None:
            item = self.items[key]
            item.state = "running"
            try:
                sentence = await call(key)
            except TrioBatchesError as error:
                item.finish("failed", error)
            else:
                item.finish("done", sentence)

        await for_each(self.waiting() if keys is None else keys, one)

    def end(self, sentence: str | None) -> None:
        """Take note that the work is over.

        Args:
            sentence: Why it could not be finished; None if it was, or was cancelled.
        """
        self.look()
        self._stopped, self._failed = self.scope.cancelled_caught, sentence is not None
        if sentence is not None:
            self.sentence = sentence
        for item in self.items.values():
            if not item.ended:
                self.leave(item, sentence)
        self.ended_at = datetime.now(UTC)

    def leave(self, item: Item, sentence: str | None) -> None:
        """Take note that an item was not finished."""
        if sentence is not None:
            item.finish("failed", sentence)
        else:
            item.finish("cancelled")

    @property
    def state(self) -> JobState:
        """How the job is."""
        if self.ended_at is None:
            return "running"
        if self._failed or any(item.state == "failed" for item in self.items.values()):
            return "failed"
        return "cancelled" if self._stopped else "done"

    def view(self) -> JobView:
        """Return what the screens may see of it."""
        if self._last_view is not None and self._last_view.ended_at is not None:
            return self._last_view
        self.look()
        before = self._last_view
        states = [item.state for item in self.items.values()]
        speed, left = self._reckon()
        self._last_view = JobView(
            id=self.id,
            kind=self.kind,
            words=self.words,
            cli=before.cli if before is not None else self.cli,  # with many ids it is long
            state=self.state,
            began_at=self.began_at,
            ended_at=self.ended_at,
            sentence=self.sentence,
            waiting=states.count("waiting"),
            running=states.count("running"),
            done=states.count("done"),
            failed=states.count("failed"),
            cancelled=states.count("cancelled"),
            lines=sum(item.lines for item in self.items.values()),
            bytes=sum(item.bytes for item in self.items.values()),
            speed=speed,
            seconds_left=left,
        )
        return self._last_view

    def _reckon(self) -> tuple[float | None, float | None]:
        """Return bytes a second, and the seconds that are left."""
        if not self.fetches:
            return None, None
        if self.ended_at is not None:
            passed = (self.ended_at - self.began_at).total_seconds()
            return (self.received / passed if passed else None), None
        speed = self._speed.note(trio.current_time(), self.received)
        left = self.bytes_left()
        return speed, (left / speed if speed and left is not None else None)
