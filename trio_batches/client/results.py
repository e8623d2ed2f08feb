"""The results of one batch, streamed, checked, and resumed when the connection breaks."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, TypeVar, cast, final

import trio

from trio_batches.client.items import Items
from trio_batches.client.producer import Receiver, Send, open_producer
from trio_batches.client.reading import LINES, RECORDS, Reading, Take
from trio_batches.errors import (
    BatchNotEndedError,
    IncompleteResultsError,
    ResultsGoneError,
    TransportError,
)
from trio_batches.protocol.jsonl import split_lines
from trio_batches.protocol.limits import RESULTS_KEPT
from trio_batches.protocol.retry import retry_delay
from trio_batches.protocol.tally import Tally
from trio_batches.transport.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from trio_batches.transport.transport import Transport
    from trio_batches.types import BatchResult, MessageBatch

__all__ = ("ResultStream",)

_log = logging.getLogger("trio_batches")

T = TypeVar("T")

BLOCKS_AHEAD = 2
"""Blocks decoded ahead of the caller: enough to keep the socket busy, little to hold."""


@final
class ResultStream:
    """What `results()` returns: an async context manager, to be iterated once inside.

    - `async for record in results` gives `BatchResult` after `BatchResult`;
    - `async for block in results.blocks()` gives lists of them, which is faster;
    - `async for line in results.lines()` gives the service's bytes, a line at a time;
    - `async for lines in results.line_blocks()` gives them many lines at a time.

    Each result is handed out once, in no particular order, also where the
    connection breaks on the way: what is missing is then fetched again, known
    by its `custom_id`. After the last one the counts by type are compared with
    those of the ended batch. Memory holds a few blocks and every `custom_id`.

    Raises, from the iteration:
        BatchNotEndedError: The batch has no results yet.
        ResultsGoneError: The service keeps its results no longer.
        ForeignOriginError: Its `results_url` leads to another host; nothing was sent there.
        ProtocolError: A line is no result, or the same `custom_id` came twice.
        IncompleteResultsError: The counts do not match, and asking again did not help.
        TransportError: The connection broke again and again without any progress.
        APIStatusError: The service refused.

    Leaving the block, by whatever way, ends the exchange and its connection.
    """

    def __init__(
        self,
        transport: Callable[[], Transport],
        find_batch: Callable[[], Awaitable[MessageBatch]],
        headers: Mapping[str, str],
        tally: Tally | None = None,
    ) -> None:
        self._transport = transport
        self._find_batch = find_batch
        self._headers = headers
        self._open: AbstractAsyncContextManager[Receiver[object]] | None = None
        self._receiver: Receiver[object] | None = None
        self._take: Take[object] | None = None
        self._chosen = trio.Event()
        self._tally = tally
        self._batch: MessageBatch | None = None
        self._readings = 0
        self._request_id: str | None = None

    @property
    def readings(self) -> int:
        """How often the results were asked for: once more than a connection has broken."""
        return self._readings

    @property
    def request_id(self) -> str | None:
        """What to quote to the service's support, once an answer has been read to its end."""
        return self._request_id

    @property
    def batch(self) -> MessageBatch | None:
        """The ended batch, once the first results have come."""
        return self._batch

    @property
    def received(self) -> dict[str, int]:
        """How many results of each type have been read so far."""
        return {} if self._tally is None else self._tally.received

    def __aiter__(self) -> Items[BatchResult]:
        """Iterate over typed records; a checkpoint once a block."""
        return Items(self._start(RECORDS).receive_or_none)

    def blocks(self) -> Blocks[list[BatchResult]]:
        """Iterate over lists of typed records, each of some hundred kilobytes of results."""
        return Blocks(self._start(RECORDS))

    def lines(self) -> Items[bytes]:
        """Iterate over lines as the service sent them, without their line ends."""
        receiver = self._start(LINES)

        async def receive() -> list[bytes] | None:
            block = await receiver.receive_or_none()
            return None if block is None else split_lines(block)

        return Items(receive)

    def line_blocks(self) -> Blocks[bytes]:
        """Iterate over the service's bytes, each piece one or more whole lines with their ends."""
        return Blocks(self._start(LINES))

    async def __aenter__(self) -> ResultStream:
        """Open the stream; the first request is sent when the iteration begins."""
        if self._open is not None:
            raise RuntimeError("these results were opened already: call results() again")
        self._open = open_producer(self._produce, ahead=BLOCKS_AHEAD)
        self._receiver = await self._open.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """End the exchange."""
        assert self._open is not None  # noqa: S101  # entered before it is left
        self._receiver = None
        return await self._open.__aexit__(exc_type, exc, traceback)  # noqa: ASYNC102  # it shields

    def _start(self, take: Take[T]) -> Receiver[T]:
        if self._receiver is None:
            raise RuntimeError("use `async with client.messages.batches.results(...) as results:`")
        if self._take is not None:
            raise RuntimeError("results are iterated once: call results() again")
        self._take = take
        self._chosen.set()
        return cast("Receiver[T]", self._receiver)

    async def _produce(self, send: Send[object]) -> None:
        await self._chosen.wait()
        assert self._take is not None  # noqa: S101  # set before the event
        self._batch = batch = await self._find_batch()
        call = _results_call(batch, self._headers, self._transport().policy.not_found_grace)
        tally = self._tally or Tally(batch.id, batch.request_counts.results())
        self._tally = tally
        if tally.total:
            if tally.complete:
                return
            tally.start_reading_again()
        await self._read_until_complete(call, self._take, tally, send)

    async def _read_until_complete(
        self, call: Call, take: Take[object], tally: Tally, send: Send[object]
    ) -> None:
        policy = self._transport().policy
        retries = 0
        while True:
            before = tally.total
            failure = await self._read(call, take, tally, send)
            if failure is None:
                return
            retries = 0 if tally.total > before else retries
            if tally.hopeless or retries >= policy.max_retries:
                raise failure
            delay = retry_delay(policy, retries, None, random.random())  # noqa: S311
            _log.warning("%s; reading on in %.1f s", failure, delay)
            await trio.sleep(delay)
            retries += 1
            tally.start_reading_again()

    async def _read(
        self, call: Call, take: Take[object], tally: Tally, send: Send[object]
    ) -> TransportError | IncompleteResultsError | None:
        """Read the results once; return why they are not complete, None if they are."""
        reading = Reading(take, tally)
        self._readings += 1

        async def sink(piece: bytes) -> bool:
            for item in reading.feed(piece):
                await send(item)
            return reading.error is None and not (tally.reading_again and tally.complete)

        broken: TransportError | None = None
        try:
            self._request_id = (await self._transport().send(call, sink)).request_id
        except TransportError as exc:
            if exc.phase != "receiving":
                raise
            broken = exc
        if reading.error is not None:
            raise reading.error
        enough = tally.reading_again and tally.complete  # the rest was left unread
        if broken is None and not enough and (item := reading.finish()):
            await send(item)
        if not tally.complete:
            return (
                tally.error() if broken is None else broken
            )  # a piece of a line at the end is part of that
        if reading.error is not None:
            raise reading.error
        return None


def _results_call(batch: MessageBatch, headers: Mapping[str, str], grace: float) -> Call:
    """Return the request for a batch's results.

    Raises:
        BatchNotEndedError: There are none yet.
        ResultsGoneError: There are none any more.
    """
    if not batch.ended:
        raise BatchNotEndedError(batch.id, batch.processing_status)
    if batch.archived_at is not None:
        raise ResultsGoneError(
            batch.id,
            f"archived at {batch.archived_at:%Y-%m-%d %H:%M} UTC: "
            f"the service keeps results for {RESULTS_KEPT.days} days",
        )
    if batch.results_url is None:
        raise ResultsGoneError(batch.id, "it has ended, but the service names no results")
    kept = datetime.now(UTC) - batch.created_at < RESULTS_KEPT
    return Call(
        method="GET",
        target=batch.results_url,
        headers={"accept": "application/binary", **headers},
        not_found_grace=grace if kept else 0.0,
    )


@final
class Blocks(Generic[T]):
    """An iterator over what a producer sends."""

    def __init__(self, receiver: Receiver[T]) -> None:
        self._receiver = receiver

    def __aiter__(self) -> Blocks[T]:
        """Return itself: blocks are handed out once."""
        return self

    async def __anext__(self) -> T:
        """Return the next block."""
        try:
            return await self._receiver.receive()
        except trio.EndOfChannel:
            raise StopAsyncIteration from None
