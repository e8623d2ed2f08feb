"""All batches of a world, in the order of their age."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

import msgspec

from trio_batches.simulator.batch import SimulatedBatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ("Shelf", "Slice")

_Key = tuple[float, int]
_NEWEST: _Key = (float("inf"), 0)
_OLDEST: _Key = (float("-inf"), 0)


class Slice(msgspec.Struct, frozen=True):
    """A page's batches, newest first, and whether more follow in its direction."""

    batches: list[SimulatedBatch]
    has_more: bool


class Shelf:
    """Batches that are found by id in constant, by place in logarithmic time."""

    def __init__(self) -> None:
        self._by_age: list[SimulatedBatch] = []
        self._by_id: dict[str, SimulatedBatch] = {}
        self._bookmarks: dict[str, _Key] = {}

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self._by_age)

    def __iter__(self) -> Iterator[SimulatedBatch]:
        """Iterate over all batches, newest first."""
        return reversed(self._by_age)

    def add(self, batch: SimulatedBatch) -> None:
        """Put a batch into its place."""
        insort(self._by_age, batch, key=_key)
        self._by_id[batch.id] = batch

    def find(self, batch_id: str) -> SimulatedBatch | None:
        """Return the batch of an id."""
        return self._by_id.get(batch_id)

    def remove(self, batch: SimulatedBatch) -> None:
        """Take a batch away."""
        del self._by_id[batch.id]
        del self._by_age[bisect_left(self._by_age, batch.key, key=_key)]

    def knows_cursor(self, cursor: str) -> bool:
        """Tell whether pages can begin at a cursor."""
        return cursor in self._by_id or cursor in self._bookmarks

    def add_bookmark(self, name: str, cursor: str | None) -> None:
        """Make a name a cursor that means the same place as another one."""
        self._bookmarks[name] = self._place(cursor, _NEWEST)

    def older(self, after_id: str | None, limit: int, now: float) -> Slice:
        """Return the batches that follow a cursor, from the newest on without one."""
        stop = bisect_left(self._by_age, self._place(after_id, _NEWEST), key=_key)
        found = _take((self._by_age[at] for at in range(stop - 1, -1, -1)), limit + 1, now)
        return Slice(found[:limit], len(found) > limit)

    def newer(self, before_id: str, limit: int, now: float) -> Slice:
        """Return the batches right before a cursor."""
        start = bisect_right(self._by_age, self._place(before_id, _OLDEST), key=_key)
        walk = (self._by_age[at] for at in range(start, len(self._by_age)))
        found = _take(walk, limit + 1, now)
        return Slice(found[:limit][::-1], len(found) > limit)

    def _place(self, cursor: str | None, default: _Key) -> _Key:
        if cursor is None:
            return default
        batch = self._by_id.get(cursor)
        return self._bookmarks[cursor] if batch is None else batch.key


def _key(batch: SimulatedBatch) -> _Key:
    return batch.key


def _take(walk: Iterable[SimulatedBatch], count: int, now: float) -> list[SimulatedBatch]:
    """Take the first `count` batches that lists show by now."""
    taken: list[SimulatedBatch] = []
    for batch in walk:
        if batch.listed_at <= now:
            taken.append(batch)
            if len(taken) == count:
                break
    return taken
