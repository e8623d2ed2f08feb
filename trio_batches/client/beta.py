"""Message batches with betas."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from trio_batches.client.batches import Batches, Polled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trio_batches.client.paginator import Paginator
    from trio_batches.client.results import ResultStream
    from trio_batches.client.session import Session
    from trio_batches.protocol.tally import Tally
    from trio_batches.types import BatchRequest, DeletedMessageBatch, MessageBatch

__all__ = ("BetaBatches",)


@final
class BetaBatches:
    """`client.beta.messages.batches`: the same calls, each with betas of its own.

    `betas` are names for the `anthropic-beta` header, added to the client's.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def _with(self, betas: Sequence[str]) -> Batches:
        return Batches(self._session, betas)

    async def create(
        self,
        requests: Iterable[BatchRequest | Mapping[str, object]],
        *,
        user_profile_id: str | None = None,
        betas: Sequence[str] = (),
    ) -> MessageBatch:
        """Create a batch; see `Batches.create`. The betas hold for all of its requests."""
        return await self._with(betas).create(requests, user_profile_id=user_profile_id)

    async def retrieve(self, batch_id: str, *, betas: Sequence[str] = ()) -> MessageBatch:
        """Return the batch as it is now; see `Batches.retrieve`."""
        return await self._with(betas).retrieve(batch_id)

    async def poll(self, batch_id: str, *, betas: Sequence[str] = ()) -> Polled:
        """Return the batch, and when to ask again; see `Batches.poll`."""
        return await self._with(betas).poll(batch_id)

    def list(
        self,
        *,
        after_id: str | None = None,
        before_id: str | None = None,
        limit: int | None = None,
        prefetch: int = 2,
        betas: Sequence[str] = (),
    ) -> Paginator[MessageBatch]:
        """List the workspace's batches, newest first; see `Batches.list`."""
        return self._with(betas).list(
            after_id=after_id, before_id=before_id, limit=limit, prefetch=prefetch
        )

    async def cancel(self, batch_id: str, *, betas: Sequence[str] = ()) -> MessageBatch:
        """Ask for a batch to be cancelled; see `Batches.cancel`."""
        return await self._with(betas).cancel(batch_id)

    async def delete(self, batch_id: str, *, betas: Sequence[str] = ()) -> DeletedMessageBatch:
        """Delete an ended batch and its results; see `Batches.delete`."""
        return await self._with(betas).delete(batch_id)

    def results(
        self, batch: str | MessageBatch, *, tally: Tally | None = None, betas: Sequence[str] = ()
    ) -> ResultStream:
        """Stream the results of an ended batch; see `Batches.results`."""
        return self._with(betas).results(batch, tally=tally)

    async def wait(self, batch_id: str, *, betas: Sequence[str] = ()) -> MessageBatch:
        """Return the batch when it has ended; see `Batches.wait`."""
        return await self._with(betas).wait(batch_id)
