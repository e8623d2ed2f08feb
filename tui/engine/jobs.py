"""The jobs of a session: what runs, what has run, and what of it the screens are told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, final

import trio

from trio_batches import ConfigurationError, TrioBatchesError, one_line
from tui.engine.job import Desk, Job
from tui.job_views import JobsRead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.engine.engine import Engine
    from tui.job_views import ItemView

__all__ = ("JobBoard",)

INTERVAL = 0.1
"""Seconds between two looks at jobs that run."""

LONG_INTERVAL = 0.5
"""The same where they have so many items that looking takes a while."""

MANY = 2_000
KEPT = 200
"""Jobs that are remembered after their end."""

_log = logging.getLogger("trio_batches")


@final
class JobBoard:
    """Runs jobs, beside each other, and publishes `JobsRead` while anything of them changes.

    Args:
        engine: Has the client, the ledger and the home.
        publish: Takes an event to the screens.
    """

    def __init__(self, engine: Engine, publish: Callable[[JobsRead], None]) -> None:
        self._engine = engine
        self._publish = publish
        self._jobs: dict[int, Job] = {}
        self._begun = 0
        self._started, self._starting = trio.open_memory_channel[Job](float("inf"))
        self._changed: trio.Event = trio.Event()
        self._last: JobsRead = JobsRead(())

    async def run(self) -> None:
        """Run what is started, until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._tell)
            async for job in self._starting:
                nursery.start_soon(self._run, job)

    async def start(self, job: Job) -> int:
        """Begin a job, and return its number.

        What another job is at work on is left to that one; the item says so.

        Raises:
            ConfigurationError: It would change something, and the app is read-only.
        """
        if job.writes and self._engine.read_only:
            raise ConfigurationError("this app is read-only: start it without --read-only")
        for other in self._running():
            self._leave_to(other, job)
        self._begun += 1
        job.id = self._begun
        self._jobs[job.id] = job
        self._forget()
        await self._started.send(job)
        self._changed.set()
        return job.id

    async def items(self, job_id: int) -> tuple[ItemView, ...]:
        """Return what a job does something with; nothing for a job that is forgotten."""
        job = self._jobs.get(job_id)
        if job is None:
            return ()
        if job.ended_at is None:
            job.look()
        return tuple(item.view() for item in job.items.values())

    async def cancel(self, *job_ids: int) -> None:
        """Stop jobs; what they have done stays done."""
        for job_id in job_ids:
            if job_id in self._jobs:
                self._jobs[job_id].scope.cancel()

    async def cancel_all(self) -> None:
        """Stop every job."""
        await self.cancel(*self._jobs)

    async def retry(self, job_id: int) -> tuple[str, ...]:
        """Begin once more what failed or was cancelled in a job.

        Returns:
            The batches that are not, since deleting is asked for again; else none.

        Raises:
            ConfigurationError: It would change something, and the app is read-only.
        """
        job = self._jobs.get(job_id)
        if job is None or job.ended_at is None or job.state not in {"failed", "cancelled"}:
            return ()
        again = job.again()
        if again is None:
            return tuple(job.unfinished())
        await self.start(again)
        return ()

    def part_of(self, batch_id: str) -> Path | None:
        """Return the file that a running job downloads a batch into."""
        for job in self._running():
            path = job.part_of(batch_id)
            if path is not None:
                return path
        return None

    def _running(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.ended_at is None]

    def _leave_to(self, other: Job, job: Job) -> None:
        for batch_id in job.claims & other.claims:
            sentence = f"left to job {other.id}, which runs: {other.words}"
            if batch_id in job.items:
                job.items[batch_id].finish("failed", sentence)
            else:
                raise ConfigurationError(f"{batch_id}: wait for job {other.id}: {other.words}")

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.ended_at is not None]
        for job_id in ended[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[job_id]

    async def _run(self, job: Job) -> None:
        sentence = None
        try:
            with job.scope:
                engine = self._engine
                client, ledger = await engine.client(), await engine.ledger()
                await job.work(Desk(client, ledger, engine.home))
        except TrioBatchesError as error:
            sentence = one_line(str(error))
        except Exception as error:  # noqa: BLE001  # a bug in one job must not end the app
            _log.exception("%s", job.words)
            sentence = one_line(f"a fault in this program: {type(error).__name__}: {error}")
        finally:
            job.end(sentence)
            self._changed.set()
        await self._engine.refresh()

    async def _tell(self) -> None:
        """Publish while something changes; wait where nothing can."""
        while True:
            self._changed = trio.Event()
            view = JobsRead(tuple(job.view() for job in self._jobs.values()))
            if view != self._last:
                self._last = view
                self._publish(view)
            running = self._running()
            if running:
                many = sum(len(job.items) for job in running) > MANY
                await trio.sleep(LONG_INTERVAL if many else INTERVAL)
            else:
                await self._changed.wait()
