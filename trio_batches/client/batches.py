"""Message batches: the calls of the API, stable."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

import msgspec
import trio

from trio_batches.client.answer import decode_reply, list_query
from trio_batches.client.create import CreateBody
from trio_batches.client.page import Page, PageSource
from trio_batches.client.paginator import Paginator
from trio_batches.client.results import ResultStream
from trio_batches.errors import (
    AmbiguousCreateError,
    ClientClosedRequestError,
    ProtocolError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    TrioBatchesError,
)
from trio_batches.protocol.limits import POLL_INTERVAL
from trio_batches.transport.address import id_segment
from trio_batches.transport.exchange import Call
from trio_batches.types import DeletedMessageBatch, MessageBatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trio_batches.client.session import Session
    from trio_batches.protocol.tally import Tally
    from trio_batches.transport.exchange import Body, Delivery
    from trio_batches.types import BatchRequest

__all__ = ("Batches", "Polled")

_BATCHES = "/v1/messages/batches"
_UNCLEAR = (ServerError, RequestTimeoutError, ClientClosedRequestError, ProtocolError)
"""Answers to a create after which the batch may exist."""


SHORTEST_PAUSE = 1.0
"""Seconds between two looks at least, even where the service asks for none."""


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """A batch, seen once."""

    batch: MessageBatch
    raw: bytes
    """The JSON that the service sent."""

    retry_after: float | None
    """Seconds after which the service suggests asking again; None for an ended batch."""

    def pause(self, jitter: float) -> float:
        """Return the seconds until the next look; `jitter`, in [0, 1), only lengthens them."""
        asked = POLL_INTERVAL.total_seconds() if self.retry_after is None else self.retry_after
        return max(asked, SHORTEST_PAUSE) * (1 + 0.1 * jitter)


@final
class Batches:
    """`client.messages.batches`: create, retrieve, list, cancel, delete, results, wait."""

    def __init__(self, session: Session, betas: Sequence[str] = ()) -> None:
        self._session = session
        self._headers = session.beta_headers(betas)

    async def create(
        self,
        requests: Iterable[BatchRequest | Mapping[str, object]],
        *,
        user_profile_id: str | None = None,
    ) -> MessageBatch:
        """Create a batch, which begins to run, and to cost, at once.

        The requests are checked first, all of them, and encoded while they are
        sent. The call is repeated only where the service cannot have acted on
        it: no connection, a body that did not leave, or a rate limit.

        Args:
            requests: `BatchRequest` objects, or mappings with `custom_id` and `params`:
                1 to 100,000 of them, 256 MB at most when encoded.
            user_profile_id: Sent as `anthropic-user-profile-id`.

        Raises:
            InvalidRequestsError: Some requests would be refused; nothing was sent.
            AmbiguousCreateError: No clear answer came: the batch may exist.
            APIStatusError: The service refused; no batch was made.
            TransportError: The requests never left; no batch was made.

        Cancelled while the request is on its way, it may still create the batch.
        """
        body = CreateBody(requests, anthropic_version=self._session.anthropic_version)
        await body.check()
        created = await self.create_encoded(body, len(body), user_profile_id=user_profile_id)
        return created.batch

    async def create_encoded(
        self,
        body: Body,
        requests: int,
        *,
        user_profile_id: str | None = None,
        delivery: Delivery | None = None,
    ) -> Polled:
        """Create a batch from a body that is encoded, and was checked, already.

        Args:
            body: `{"requests": […]}` as JSON, in pieces; of a known length.
            requests: How many there are.
            user_profile_id: Sent as `anthropic-user-profile-id`.
            delivery: Tells, where this is cancelled, whether there may be a batch.

        Raises what `create` does, but for `InvalidRequestsError`.
        """
        headers = dict(self._headers)
        if user_profile_id is not None:
            headers["anthropic-user-profile-id"] = user_profile_id
        call = Call(
            method="POST",
            target=_BATCHES,
            headers=headers,
            body=body,
            read_timeout=self._session.limits.create_timeout,
            repeatable=False,
            delivery=delivery,
        )
        created = await self._create(call, requests)
        self._session.created.add(created.batch.id)
        return created

    async def retrieve(self, batch_id: str) -> MessageBatch:
        """Return the batch as it is now.

        Raises:
            NotFoundError: There is no such batch in this workspace. For one that
                this client created, that is waited out for a while first.
            InvalidIdError: The id cannot be one; nothing was sent.
        """
        return (await self.poll(batch_id)).batch

    async def poll(self, batch_id: str) -> Polled:
        """Return the batch as it is now, as the service sent it, and when to ask again.

        Raises:
            NotFoundError: As `retrieve` does.
            InvalidIdError: The id cannot be one; nothing was sent.
        """
        call = Call(
            method="GET",
            target=_path(batch_id),
            headers=self._headers,
            not_found_grace=self._session.not_found_grace(batch_id),
        )
        reply = await self._session.transport.send(call)
        return Polled(
            batch=decode_reply(reply, MessageBatch),
            raw=reply.content,
            retry_after=reply.retry_after,
        )

    def list(
        self,
        *,
        after_id: str | None = None,
        before_id: str | None = None,
        limit: int | None = None,
        prefetch: int = 2,
    ) -> Paginator[MessageBatch]:
        """List the workspace's batches, newest first.

        Args:
            after_id: Begin after this batch, going to older ones.
            before_id: Begin before this batch, going to newer ones.
            limit: Batches a page, 1 to 1,000; the service's default is 20.
            prefetch: Pages to fetch ahead in an `async with` block.
        """
        query = list_query(after_id, before_id, limit)
        source = PageSource(Page, self._fetch_page, msgspec.json.Decoder(MessageBatch).decode)
        return Paginator(source, query, prefetch=prefetch)

    async def cancel(self, batch_id: str) -> MessageBatch:
        """Ask for a batch to be cancelled; requests already running still finish.

        Returns the batch, which is `canceling` until it has ended.
        """
        call = Call(method="POST", target=f"{_path(batch_id)}/cancel", headers=self._headers)
        return decode_reply(await self._session.transport.send(call), MessageBatch)

    async def delete(self, batch_id: str) -> DeletedMessageBatch:
        """Delete an ended batch and its results for good.

        Raises:
            BadRequestError: It has not ended: cancel it first.
            NotFoundError: There is none, or an attempt whose answer was lost deleted it.
        """
        call = Call(method="DELETE", target=_path(batch_id), headers=self._headers)
        reply = await self._session.transport.send(call)
        self._session.created.discard(batch_id)
        return decode_reply(reply, DeletedMessageBatch)

    def results(self, batch: str | MessageBatch, *, tally: Tally | None = None) -> ResultStream:
        """Stream the results of an ended batch; see `ResultStream` for its uses.

        Args:
            batch: Its id, or the ended batch itself, which saves a request.
            tally: Knows results that the caller has already, which are left out.
        """

        async def find_batch() -> MessageBatch:
            if isinstance(batch, MessageBatch) and batch.ended:
                return batch
            return await self.retrieve(batch.id if isinstance(batch, MessageBatch) else batch)

        return ResultStream(lambda: self._session.transport, find_batch, self._headers, tally)

    async def wait(self, batch_id: str) -> MessageBatch:
        """Return the batch when it has ended, polling at the pace that the service names.

        It may take up to 24 hours: put it into a `trio.move_on_after` block for
        less. Cancelling stops the waiting; the batch itself goes on.
        """
        while True:
            polled = await self.poll(batch_id)
            if polled.batch.ended:
                return polled.batch
            await trio.sleep(polled.pause(random.random()))  # noqa: S311

    async def _create(self, call: Call, count: int) -> Polled:
        reason: TrioBatchesError
        sent_at = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            reply = await self._session.transport.send(call)
            return Polled(
                batch=decode_reply(reply, MessageBatch), raw=reply.content, retry_after=None
            )
        except TransportError as exc:
            if exc.phase in ("connecting", "sending"):
                raise
            reason = exc
        except _UNCLEAR as exc:
            reason = exc
        raise AmbiguousCreateError(str(reason), request_count=count, sent_at=sent_at) from reason

    async def _fetch_page(self, query: Mapping[str, str]) -> bytes:
        call = Call(method="GET", target=_BATCHES, query=query, headers=self._headers)
        return (await self._session.transport.send(call)).content


def _path(batch_id: str) -> str:
    return f"{_BATCHES}/{id_segment(batch_id)}"
