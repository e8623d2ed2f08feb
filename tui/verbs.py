"""What the user can do with batches: asking first where it matters, then a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.app import BatchesApp

__all__ = ("VERBS", "Verb")

Verb: TypeAlias = "Callable[[BatchesApp, tuple[str, ...], int], Awaitable[None]]"
"""Takes the app, the ids of the batches, and how many of them a filter hides."""

VERBS: dict[str, Verb] = {}
