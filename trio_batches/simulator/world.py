"""The simulated service's state: its batches, its clock, and what it was asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trio_batches.simulator.batch import ARCHIVE_SECONDS, EXPIRY_SECONDS, SimulatedBatch
from trio_batches.simulator.bodies import ResultBody
from trio_batches.simulator.catalogue import DEFAULT_MODEL
from trio_batches.simulator.clock import WorldClock
from trio_batches.simulator.dice import roll_dice, roll_id
from trio_batches.simulator.faults import FaultPlan
from trio_batches.simulator.limits import Limits
from trio_batches.simulator.mixture import Mixture
from trio_batches.simulator.population import populate
from trio_batches.simulator.scenario import Scenario
from trio_batches.simulator.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from trio_batches.simulator.exchange import Script
    from trio_batches.simulator.intake import Intake
    from trio_batches.simulator.journal import RequestRecord

__all__ = ("World",)

_HOUR = 3600.0


class World:
    """A service without a socket: everything in it follows from the seed.

    It is filled before it is served, or from the Trio thread that serves it.

    Args:
        seed: The same seed, scenario and start give the same ids, results and faults.
        scenario: How the service behaves.
        start: What the wall clock shows when the world is first served; now if absent.
        api_key: The only key that is accepted; any but an empty one if absent.
        frozen: Time stands still but for `advance`.
        log_limit: How many requests `requests` keeps at least; twice as many at most.
    """

    def __init__(  # noqa: PLR0913  # each changes the world in a way of its own
        self,
        seed: int = 0,
        *,
        scenario: Scenario | None = None,
        start: datetime | None = None,
        api_key: str | None = None,
        frozen: bool = False,
        log_limit: int = 100_000,
    ) -> None:
        self.seed = seed
        self.scenario: Scenario = scenario if scenario is not None else Scenario()
        self.api_key = api_key
        began = time.time() if start is None else start.timestamp()
        self.clock: WorldClock = WorldClock(began, frozen=frozen)
        self.shelf: Shelf = Shelf()
        self.requests: list[RequestRecord] = []
        self.faults: FaultPlan = FaultPlan(self.scenario.faults, seed)
        self.limits: Limits = Limits(self.scenario)
        self.organization_id: str = str(roll_dice(seed, "organization").randrange(10**12))
        self.pages = 0
        self._log_limit = log_limit
        self._dice = roll_dice(seed, "ids")
        self._created = 0

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.shelf)

    @property
    def batch_ids(self) -> list[str]:
        """The ids of all batches, newest first."""
        return [batch.id for batch in self.shelf]

    def add_ended_batch(  # noqa: PLR0913  # each a property of a batch
        self,
        requests: int = 1000,
        *,
        errored: int = 0,
        canceled: int = 0,
        expired: int = 0,
        age: float = _HOUR,
        duration: float = 300.0,
        result_bytes: int | None = None,
        model: str = DEFAULT_MODEL,
        custom_ids: list[str] | None = None,
    ) -> str:
        """Add a batch whose results are there, and return its id.

        Args:
            requests: Its size. Those that did not fail have succeeded.
            errored: How many ended in an error, of several types.
            canceled: How many were cancelled.
            expired: How many expired.
            age: Seconds since it was created.
            duration: Seconds that it took.
            result_bytes: The length of a line of its results, roughly.
            model: What answered.
            custom_ids: One for each request; `request-0000000` and so on if absent.
        """
        requests = requests if custom_ids is None else len(custom_ids)
        mixture = Mixture(requests - errored - canceled - expired, errored, canceled, expired)
        batch = self._add(mixture, age, min(duration, age), model, result_bytes)
        batch.custom_ids = None if custom_ids is None else [name.encode() for name in custom_ids]
        if canceled:
            batch.cancel_initiated_at = batch.ends_at - min(1.0, duration)
        return batch.id

    def add_in_progress_batch(
        self,
        requests: int = 1000,
        *,
        errored: int = 0,
        age: float = 60.0,
        ends_in: float | None = None,
        result_bytes: int | None = None,
    ) -> str:
        """Add a batch that ends in some seconds, or expires a day after its create."""
        duration = EXPIRY_SECONDS * 4 if ends_in is None else age + ends_in
        mixture = Mixture(requests - errored, errored)
        return self._add(mixture, age, duration, DEFAULT_MODEL, result_bytes).id

    def add_canceling_batch(
        self, requests: int = 1000, *, age: float = 60.0, ends_in: float = 5.0
    ) -> str:
        """Add a batch that is being cancelled; half of its requests had succeeded."""
        batch = self._add(Mixture(requests), age, age * 2, DEFAULT_MODEL, None)
        batch.cancel(self.clock.now(), ends_in)
        return batch.id

    def add_expired_batch(
        self, requests: int = 1000, *, expired: int | None = None, age: float = 2 * EXPIRY_SECONDS
    ) -> str:
        """Add a batch that ended after a day with some, or half, of its requests undone."""
        undone = requests // 2 if expired is None else expired
        mixture = Mixture(requests - undone, expired=undone)
        return self._add(mixture, age, EXPIRY_SECONDS, DEFAULT_MODEL, None).id

    def add_archived_batch(
        self, requests: int = 1000, *, age: float = ARCHIVE_SECONDS + _HOUR
    ) -> str:
        """Add a batch so old that its results are gone."""
        return self.add_ended_batch(requests, age=age)

    def add_scripted_batch(
        self, script: Script, mixture: Mixture, *, age: float, duration: float
    ) -> SimulatedBatch:
        """Add a batch whose requests and answers fit each other.

        Args:
            script: What they are.
            mixture: How its requests end.
            age: Seconds since it was created.
            duration: Seconds from then until it ends.
        """
        batch = self._add(mixture, age, duration, script.model, script.result_bytes)
        batch.custom_ids = [script.custom_id(index).encode() for index in range(batch.size)]
        batch.script = script
        return batch

    def populate(self, batches: int) -> list[str]:
        """Add batches of all kinds and ages, and return their ids, newest first.

        One in ten still runs, and ends within minutes; the oldest are archived.
        """
        return populate(self, batches)

    def create_batch(self, intake: Intake) -> SimulatedBatch:
        """Add the batch of a create, which ends as the scenario says."""
        scenario, size = self.scenario, len(intake)
        spread = scenario.batch_seconds_spread * (2 * self._dice.random() - 1)
        errored, expired = int(size * scenario.errored), int(size * scenario.expired)
        batch = self._add(
            Mixture(size - errored - expired, errored, 0, expired),
            0.0,
            scenario.batch_seconds * (1 + spread),
            intake.model or DEFAULT_MODEL,
            None,
        )
        batch.custom_ids = intake.custom_ids
        batch.faults = intake.faults
        batch.visible_at = batch.created_at + scenario.flicker
        batch.listed_at = batch.created_at + scenario.listing_delay
        return batch

    def result_lines(self, batch_id: str) -> Iterator[bytes]:
        """Return the lines of a batch's results in the order of its requests, newlines included.

        Raises:
            KeyError: There is no such batch.
        """
        batch = self.shelf.find(batch_id)
        if batch is None:
            raise KeyError(batch_id)
        body = ResultBody(batch, self.seed)
        return (body.line(index) for index in range(batch.size))

    def request_lines(self, batch_id: str) -> Iterator[bytes]:
        """Return the requests of a scripted batch, as they were submitted, newlines included.

        Raises:
            KeyError: There is no such batch, or nobody knows what it asked.
        """
        batch = self.shelf.find(batch_id)
        script = None if batch is None else batch.script
        if batch is None or script is None:
            raise KeyError(batch_id)
        slots = batch.slots
        return (script.request_line(index, slots[index]) for index in range(batch.size))

    def roll_request_id(self) -> str:
        """Return a new `request-id`."""
        return f"req_{roll_id(self._dice, '')[1:]}"

    def log(self, record: RequestRecord) -> None:
        """Keep a record of a request."""
        if len(self.requests) >= 2 * self._log_limit:
            del self.requests[: self._log_limit]
        self.requests.append(record)

    def _add(
        self, mixture: Mixture, age: float, duration: float, model: str, result_bytes: int | None
    ) -> SimulatedBatch:
        self._created += 1
        created_at = self.clock.now() - age
        batch = SimulatedBatch(
            id=roll_id(self._dice, "msgbatch"),
            number=self._created,
            created_at=created_at,
            mixture=mixture,
            ends_at=created_at + duration,
            model=model,
            result_bytes=result_bytes or self.scenario.result_bytes,
            seed=f"{self.seed}/{self._created}",
        )
        self.shelf.add(batch)
        return batch
