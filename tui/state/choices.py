"""What the palette lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.state.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trio_batches import KnownBatch

__all__ = ("Choice", "find_batches")

_FEWEST_LETTERS = 2
_MOST = 8
_PREFIX = "msgbatch_"


class Choice(NamedTuple):
    """Something that can be chosen.

    Attributes:
        name: What it is called, and found by.
        help: A sentence.
        do: What to do then.
        keys: The keys that do the same.
        cli: The command that does the same.
    """

    name: str
    help: str
    do: Callable[[], object]
    keys: str = ""
    cli: str = ""


def find_batches(
    typed: str, batches: Iterable[KnownBatch], open_batch: Callable[[str], object]
) -> list[Choice]:
    """Return the batches whose id or label has what was typed, and one that nobody knows yet.

    Args:
        typed: A part of an id or a label, or a whole id.
        batches: Those that are known, the most likely ones first.
        open_batch: Takes the id of the one that is chosen.
    """
    if len(typed) < _FEWEST_LETTERS:
        return []
    wanted = typed.casefold()
    found: list[KnownBatch] = []
    for batch in batches:
        if wanted in batch.id.casefold() or wanted in (batch.label or "").casefold():
            found.append(batch)
            if len(found) == _MOST:
                break
    choices = [
        Choice(
            batch.label or batch.id,
            f"{batch.id}: {batch.status}, {count(batch.total)} requests",
            _opener(open_batch, batch.id),
            cli=f"trio-batches show {batch.id}",
        )
        for batch in found
    ]
    if typed.startswith(_PREFIX) and all(batch.id != typed for batch in found):
        known = "a batch that the ledger does not know"
        choices.append(Choice(typed, known, _opener(open_batch, typed)))
    return choices


def _opener(open_batch: Callable[[str], object], batch_id: str) -> Callable[[], object]:
    return lambda: open_batch(batch_id)
