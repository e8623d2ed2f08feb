"""Which results of one batch have arrived: each `custom_id` once, counted by type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trio_batches.errors import IncompleteResultsError, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ("Tally",)


class Tally:
    """Counts what arrives over one or more readings of the same results.

    A broken reading is resumed by starting over: the order of results is not
    guaranteed, so what arrived before is known by its id, not by its place.

    Args:
        batch_id: The batch, for error messages.
        expected: How many results of each type the ended batch counts.
    """

    def __init__(self, batch_id: str, expected: Mapping[str, int]) -> None:
        self._batch_id = batch_id
        self._expected = dict(expected)
        self._received: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._reading: set[str] = self._seen

    @property
    def received(self) -> dict[str, int]:
        """How many results of each type have arrived so far."""
        return dict(self._received)

    @property
    def total(self) -> int:
        """How many results have arrived so far."""
        return len(self._seen)

    @property
    def complete(self) -> bool:
        """Whether every result of every type that the batch counts has arrived.

        Types that the batch does not count at all are left out of the comparison:
        a type that the API adds later cannot be checked against counts of today.
        """
        return all(self._received[kind] == count for kind, count in self._expected.items())

    @property
    def reading_again(self) -> bool:
        """Whether this is not the first reading."""
        return self._reading is not self._seen

    @property
    def hopeless(self) -> bool:
        """Whether reading the results again cannot make them complete."""
        counted = sum(self._received[kind] for kind in self._expected)
        return counted >= sum(self._expected.values()) and not self.complete

    def start_reading_again(self) -> None:
        """Begin another reading, in which everything may arrive once more."""
        self._reading = set()

    def add(self, ids: Sequence[str], kinds: Sequence[str]) -> Sequence[int] | None:
        """Count a block of results.

        Args:
            ids: The `custom_id` of each.
            kinds: The result type of each.

        Returns:
            The positions of those that had not arrived before; None for all of them.

        Raises:
            ProtocolError: One reading holds the same `custom_id` twice.
        """
        fresh = set(ids)
        if len(fresh) < len(ids) or not self._reading.isdisjoint(fresh):
            raise ProtocolError(
                f"{self._batch_id}: custom_id {self._first_doubled(ids)!r} arrived twice"
            )
        self._reading |= fresh
        if self._reading is self._seen:
            self._received.update(kinds)
            return None
        new = [place for place, custom_id in enumerate(ids) if custom_id not in self._seen]
        self._seen.update(ids[place] for place in new)
        self._received.update(kinds[place] for place in new)
        return new

    def error(self) -> IncompleteResultsError:
        """Return the error that says what is expected and what has arrived."""
        return IncompleteResultsError(
            self._batch_id, expected=self._expected, received=self._received
        )

    def _first_doubled(self, ids: Iterable[str]) -> str:
        known = set(self._reading)
        for custom_id in ids:
            if custom_id in known:
                return custom_id
            known.add(custom_id)
        raise AssertionError("nothing is doubled")  # pragma: no cover
