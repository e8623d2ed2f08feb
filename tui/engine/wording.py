"""How jobs are said."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ("batches", "command")


def batches(batch_ids: Sequence[str]) -> str:
    """Return how many batches they are; a single one by its id."""
    return batch_ids[0] if len(batch_ids) == 1 else f"{len(batch_ids):,} batches"


def command(verb: str, arguments: Iterable[str], *options: str) -> str:
    """Return the command line that does the same."""
    return shlex.join(("trio-batches", verb, *arguments, *options))
