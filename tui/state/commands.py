"""Command lines that do what an action does."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("command_line",)

_SHOWN = 3


def command_line(pattern: str, ids: Sequence[str] = (), *, short: bool = False) -> str:
    """Return the command of an action; empty if no command does it.

    Args:
        pattern: The action's `cli`, with `{ids}` where the batches go.
        ids: Those batches; `ID` stands for them if there are none.
        short: Name a few only, and say how many more there are.
    """
    if short and len(ids) > _SHOWN:
        more = f"… {len(ids) - _SHOWN:,} more"
        return pattern.replace("{ids}", " ".join((*map(shlex.quote, ids[:_SHOWN]), more)))
    return pattern.replace("{ids}", shlex.join(ids) if ids else "ID")
