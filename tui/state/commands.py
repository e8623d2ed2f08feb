"""Command lines that do what an action does."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("command_line",)

_SHOWN = 16


def command_line(pattern: str, ids: Sequence[str] = (), *, short: bool = False) -> str:
    """Return the command of an action; empty if no command does it.

    Args:
        pattern: The action's `cli`, with `{ids}` where the batches go.
        ids: Those batches; `ID` stands for them if there are none.
        short: Show the beginning of the first id, and how many more there are.
    """
    if not ids:
        return pattern.replace("{ids}", "ID")
    if not short:
        return pattern.replace("{ids}", shlex.join(ids))
    first = ids[0] if len(ids[0]) <= _SHOWN else f"{ids[0][:_SHOWN]}…"
    more = f" + {len(ids) - 1:,}" if len(ids) > 1 else ""
    return pattern.replace("{ids}", first + more)
