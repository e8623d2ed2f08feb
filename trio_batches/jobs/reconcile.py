"""Find the batch of a create whose reply was lost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from trio_batches.errors import BatchNotEndedError, ResultsGoneError
from trio_batches.protocol.limits import DEFAULT_PAGE, MAX_PAGE
from trio_batches.types import MessageBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches.client import Client

__all__ = ("Search", "Watermark", "find_candidates", "first_result", "read_watermark")

LANDMARKS = DEFAULT_PAGE


class Watermark(msgspec.Struct, frozen=True, kw_only=True):
    """What the workspace's list was like before anything was sent.

    All times compared with it are the service's own, so no clock of this
    machine can hide a batch.
    """

    base_url: str | None = None
    """Where the service was."""
    created_at: datetime | None = None
    """Of the newest batch."""
    landmarks: tuple[str, ...] = ()
    """The newest batches: who sees none of them looks at another workspace."""

    @classmethod
    def of(cls, client: Client, newest: Sequence[MessageBatch]) -> Watermark:
        """Return the watermark of a list's beginning."""
        return cls(
            base_url=client.base_url,
            created_at=newest[0].created_at if newest else None,
            landmarks=tuple(batch.id for batch in newest[:LANDMARKS]),
        )

    @classmethod
    def read(cls, text: str | None) -> Watermark:
        """Return the watermark that an intent was planned or sent with."""
        return msgspec.json.decode(text or "{}", type=cls)

    def text(self) -> str:
        """Return it as an intent holds it."""
        return msgspec.json.encode(self).decode()


class Search(msgspec.Struct, frozen=True):
    """What a look at the list has found."""

    candidates: list[tuple[MessageBatch, bytes]]
    """The batches that a lost create may have made, each with its JSON."""
    same_workspace: bool
    """Whether it is the list that the watermark was taken from."""


async def read_watermark(client: Client) -> Watermark:
    """Ask for the newest batches."""
    page = await client.messages.batches.list(limit=LANDMARKS)
    while not page.data and page.has_next_page():
        page = await page.get_next_page()
    return Watermark.of(client, page.data)


async def find_candidates(client: Client, requests: int, watermark: Watermark) -> Search:
    """Look for the batches that a lost create may have made.

    Args:
        client: An open client.
        requests: How many requests the batch would have.
        watermark: From before the create was sent.
    """
    found: list[tuple[MessageBatch, bytes]] = []
    landmarks = frozenset(watermark.landmarks)
    seen = not landmarks
    page = await client.messages.batches.list(limit=MAX_PAGE)
    while True:
        older = False
        for batch, raw in zip(page.data, page.raw_data, strict=True):
            if batch.id in landmarks:
                seen = True
            elif watermark.created_at is not None and batch.created_at < watermark.created_at:
                older = True
            elif batch.request_counts.total == requests:
                found.append((batch, raw))
        if (older and seen) or not page.has_next_page():
            return Search(found, seen)
        page = await page.get_next_page()


async def first_result(client: Client, batch: MessageBatch) -> str | None:
    """Return the `custom_id` of a batch's first result; None if there is none to be had."""
    try:
        async with client.messages.batches.results(batch) as results:
            async for record in results:
                return record.custom_id
    except (BatchNotEndedError, ResultsGoneError):
        pass
    return None
