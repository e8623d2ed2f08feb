"""Batches as a ledger knows them, for tests of what shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trio_batches import KnownBatch

__all__ = ("known",)


def known(  # noqa: PLR0913  # each a property of a batch
    number: int,
    *,
    status: str = "ended",
    age: timedelta = timedelta(hours=5),
    took: timedelta = timedelta(minutes=7),
    processing: int = 0,
    succeeded: int = 10,
    errored: int = 0,
    canceled: int = 0,
    expired: int = 0,
    archived: bool = False,
    verified: bool = False,
    label: str | None = None,
    note: str | None = None,
) -> KnownBatch:
    """Return a batch that was made some time ago."""
    now = datetime.now(UTC)
    created = now - age
    return KnownBatch(
        id=f"msgbatch_{number:04}",
        status=status,
        created_at=created,
        ended_at=created + took if status == "ended" else None,
        expires_at=created + timedelta(hours=24),
        archived_at=now if archived else None,
        cancel_initiated_at=None,
        processing=processing,
        succeeded=succeeded,
        errored=errored,
        canceled=canceled,
        expired=expired,
        seen_at=now,
        gone_at=None,
        verified_at=now if verified else None,
        label=label,
        note=note,
    )
