"""Exchanges with the service that are worth repeating are repeated; errors get their class."""

from __future__ import annotations

import logging
import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import trio

from trio_batches.errors import (
    APIStatusError,
    NotFoundError,
    SpendLimitError,
    TransportError,
    status_error_class,
)
from trio_batches.protocol.retry import RetryPolicy, retry_delay, should_retry, slows_everyone
from trio_batches.transport.budget import RequestBudget
from trio_batches.transport.cooldown import CoolDown
from trio_batches.types import decode_error

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from trio_batches.transport.exchange import Call, Reply, Sink
    from trio_batches.transport.wire import Wire

__all__ = ("Transport",)

_log = logging.getLogger("trio_batches")

_OK = range(200, 300)


@final
class Transport:
    """One client's way to the service: a pool, a retry policy and a shared cool-down.

    Args:
        wire: The open pool.
        headers: Makes the headers that every request carries, secret included.
        policy: When to try again.
        budget: How many requests to start in a minute; by default any number.
    """

    def __init__(
        self,
        wire: Wire,
        headers: Callable[[], Mapping[str, str]],
        policy: RetryPolicy,
        budget: RequestBudget | None = None,
    ) -> None:
        self._wire = wire
        self._headers = headers
        self.policy = policy
        self._cooldown = CoolDown()
        self._budget = budget or RequestBudget(None)
        self._stopped_by: Reply | None = None
        self._waits: set[trio.CancelScope] = set()
        self._sends: set[trio.CancelScope] = set()

    @property
    def slowdowns(self) -> int:
        """How many answers have asked this client to slow down."""
        return self._cooldown.holds

    async def aclose(self) -> None:
        """End what is still asked for, and close every connection."""
        for scope in self._sends:
            scope.cancel()
        await self._wire.aclose()

    async def send(self, call: Call, sink: Sink | None = None) -> Reply:
        """Send a request, again if it is worth it, and return the successful answer.

        Args:
            call: What to ask. One that is not `repeatable` is tried again only
                where the service cannot have acted on it.
            sink: Takes the body as it comes. Once it has been given anything,
                nothing is repeated here.

        Raises:
            TransportError: The connection failed, and trying again did not help.
            APIStatusError: The service answered with an error; its subclass tells which.
            ForeignOriginError: The target or a redirect leads elsewhere.
            RuntimeError: The client was closed meanwhile.

        Cancelling ends the exchange and closes its connection.
        """
        with trio.CancelScope() as scope:
            self._sends.add(scope)
            try:
                return await self._send(call, sink)
            finally:
                self._sends.remove(scope)
        raise RuntimeError(f"{call.method} {call.target}: the client was closed while it was used")

    async def _send(self, call: Call, sink: Sink | None) -> Reply:
        attempts = _Attempts(trio.current_time())
        while True:
            with self._until_stopped():
                await self._budget.wait()
                await self._cooldown.wait()
            if self._stopped_by is not None:
                raise status_error(call, self._stopped_by)
            try:
                started = trio.current_time()
                reply = await self._wire.exchange(call, self._headers(), sink)
            except TransportError as error:
                delay = self._delay_after_failure(call, error, attempts, streaming=sink is not None)
                _log.warning("%s; trying again in %.1f s", error, delay)
            else:
                took = 1000 * (trio.current_time() - started)
                _log.debug("%s %s: %d in %.0f ms", call.method, _shown(call), reply.status, took)
                if reply.status in _OK:
                    return reply
                delay = self._delay_after_refusal(call, reply, attempts)
            if call.delivery is not None:
                call.delivery.possible = False
            with self._until_stopped():
                await trio.sleep(delay)

    @contextmanager
    def _until_stopped(self) -> Generator[None]:
        """Wait in the block, but no longer than there is something to wait for."""
        with trio.CancelScope() as scope:
            if self._stopped_by is not None:
                scope.cancel()
            self._waits.add(scope)
            try:
                yield
            finally:
                self._waits.remove(scope)

    def _stop(self, reply: Reply) -> None:
        """Ask for nothing more; tasks that wait for their turn hear of it now."""
        self._stopped_by = reply
        for scope in self._waits:
            scope.cancel()

    def _delay_after_failure(
        self, call: Call, error: TransportError, attempts: _Attempts, *, streaming: bool
    ) -> float:
        """Return the seconds until the next attempt, or raise the error."""
        if error.phase in ("connecting", "sending"):
            worth_it = True  # the service cannot have acted on it
        elif error.phase == "receiving" and streaming:
            worth_it = False  # the caller knows what has arrived and how to go on
        else:
            worth_it = call.repeatable
        if not worth_it or attempts.failures >= self.policy.max_retries:
            raise error
        attempts.failures += 1
        return retry_delay(self.policy, attempts.failures - 1, None, random.random())  # noqa: S311

    def _delay_after_refusal(self, call: Call, reply: Reply, attempts: _Attempts) -> float:
        """Return the seconds until the next attempt, or raise the error that the reply is."""
        error = status_error(call, reply)
        if isinstance(error, SpendLimitError):
            self._stop(reply)
            raise error
        absent = isinstance(error, NotFoundError) and self._may_come(call, attempts)
        retries = attempts.absences if absent else attempts.failures
        delay = retry_delay(self.policy, retries, reply.retry_after, random.random())  # noqa: S311
        if slows_everyone(reply.status):
            self._cooldown.hold(delay)
        if absent:
            attempts.absences += 1
        else:
            acts_once = call.repeatable or reply.status == 429  # noqa: PLR2004
            worth_it = acts_once and should_retry(reply.status, reply.headers)
            if not worth_it or attempts.failures >= self.policy.max_retries:
                raise error
            attempts.failures += 1
        asked = reply.retry_after or 0.0
        capped = f" (capped; the service asked for {asked:,.0f} s)" if asked > delay else ""
        _log.warning("%s; trying again in %.1f s%s", error, delay, capped)
        return delay

    @staticmethod
    def _may_come(call: Call, attempts: _Attempts) -> bool:
        return trio.current_time() - attempts.started < call.not_found_grace


def _shown(call: Call) -> str:
    """Return a call's target with its query, as one would type it."""
    query = "&".join(f"{name}={value}" for name, value in call.query.items())
    return f"{call.target}?{query}" if query else call.target


@dataclass
class _Attempts:
    """What has been tried of one call."""

    started: float
    failures: int = 0
    absences: int = 0


def status_error(call: Call, reply: Reply) -> APIStatusError:
    """Return the exception that an answer with an error status is."""
    body = decode_error(reply.content)
    detail = body.error if body is not None else None
    error_code = detail.error_code if detail is not None else None
    return status_error_class(reply.status, error_code)(
        f"{call.method} {call.target}: {detail.message if detail else 'the answer says no more'}",
        status=reply.status,
        error_type=detail.type if detail else None,
        error_code=error_code,
        request_id=reply.request_id or (body.request_id if body else None),
        retry_after=reply.retry_after,
    )
