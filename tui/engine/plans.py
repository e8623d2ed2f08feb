"""What would be sent: for the user to see before anything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from trio_batches import API_VERSION, InvalidRequestsError, plan_submission, resubmit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trio_batches import Plan, Resubmission
    from tui.engine.engine import Engine

__all__ = ("Faults", "count_failed", "plan_file")


class Faults(Struct, frozen=True):
    """Why a file cannot be submitted."""

    sentences: tuple[str, ...]
    """One for each bad request, with file and line."""


async def plan_file(engine: Engine, path: Path) -> Plan | Faults:
    """Check a file of requests, and say what batches they would become; nothing is sent.

    Raises:
        StorageError: It cannot be read, or the disk is full.
    """
    try:
        return await plan_submission([path], engine.home, anthropic_version=API_VERSION)
    except InvalidRequestsError as error:
        return Faults(error.faults)


async def count_failed(engine: Engine, batch_ids: Sequence[str]) -> Resubmission:
    """Count what would be sent again; results that are not here are downloaded for that.

    Raises:
        TrioBatchesError: It cannot be sent again; the sentence says why.
    """
    return await resubmit(
        await engine.client(),
        await engine.ledger(),
        engine.home,
        batch_ids,
        dry_run=True,
    )
