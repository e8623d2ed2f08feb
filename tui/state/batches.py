"""The list of batches as a table shows it: filtered, sorted, each row known by its id."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, final

from tui.state.filter import Filter, Kind, parse_filter
from tui.state.rows import Cell, Column, Key, Tone
from tui.state.wording import count, span, state_of, status_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches import KnownBatch

__all__ = ("COLUMNS", "KINDS", "BatchList", "Copy")

RESULTS_KEPT = timedelta(days=29)
"""From a batch's creation. Source: Message Batches API reference, results."""

LABEL = Column("label", "LABEL", 6, rank=2)
WIDEST_LABEL = 24

COLUMNS = (
    Column("status", "STATE", 13),
    LABEL,
    Column("id", "ID", 12, grows=True, rank=1),
    Column("age", "AGE", 4, right=True, rank=3),
    Column("total", "TOTAL", 7, right=True, rank=2),
    Column("succeeded", "OK", 7, right=True, rank=5),
    Column("errored", "ERR", 6, right=True, rank=4),
    Column("canceled", "CANC", 6, right=True, rank=7),
    Column("expired", "EXP", 6, right=True, rank=7),
    Column("took", "TOOK", 5, right=True, rank=6),
    Column("left", "EXPIRES", 8, right=True, rank=5),
    Column("copy", "COPY", 10, rank=3),
)

KINDS: dict[str, Kind] = {
    "status": "text",
    "label": "text",
    "id": "text",
    "note": "text",
    "copy": "text",
    "age": "time",
    "took": "time",
    "total": "number",
    "succeeded": "number",
    "errored": "number",
    "canceled": "number",
    "expired": "number",
    "failed": "number",
}
"""What a filter may compare."""

_TONES: dict[str, Tone] = {
    "in_progress": "busy",
    "canceling": "warn",
    "ended": "good",
    "failures": "warn",
    "archived": "dim",
}

Copy = str
"""`none`, `part` or `verified`: what there is of a batch's results on this machine."""

_COPIES: dict[Copy, Cell] = {
    "none": Cell("·", "dim"),
    "part": Cell("◐ part", "warn"),
    "verified": Cell("✓ verified", "good"),
}


@final
class BatchList:
    """Rows of batches; see `tui.state.rows.Rows`."""

    def __init__(self) -> None:
        self.columns: tuple[Column, ...] = COLUMNS
        self._batches: list[KnownBatch] = []
        self._parts: frozenset[str] = frozenset()
        self._places: dict[str, int] = {}
        self._view: array[int] = array("I")
        self._rows: dict[str, int] = {}
        self.filter: Filter = parse_filter("", KINDS)
        self.sorted_by = "age"
        self.descending = False
        self.now: datetime = datetime.now(UTC)

    def update(self, batches: list[KnownBatch], parts: frozenset[str]) -> None:
        """Take what the ledger knows now, newest first."""
        self._batches, self._parts = batches, parts
        self._places = {batch.id: place for place, batch in enumerate(batches)}
        self.columns = _columns(batches)
        self.look()

    def look(self, filter_: Filter | None = None) -> None:
        """Choose and order the rows again: time has passed, or the filter is another one."""
        self.now = datetime.now(UTC)
        self.filter = self.filter if filter_ is None else filter_
        places = list(range(len(self._batches)))
        if self.filter:
            places = [place for place in places if self._keeps(self._batches[place])]
        if self.sorted_by != "age" or self.descending:
            places.sort(key=self._sort_key, reverse=self.descending)
        self._view = array("I", places)
        self._rows = {self._batches[place].id: row for row, place in enumerate(places)}

    def sort(self, column: str) -> None:
        """Sort by a column; once more turns the order round."""
        if column == self.sorted_by:
            self.descending = not self.descending
        else:
            # What is many, or long, or late is what one looks for.
            self.sorted_by, self.descending = column, column in KINDS and KINDS[column] == "number"
        self.look()

    def _keeps(self, batch: KnownBatch) -> bool:
        return self.filter.keeps(
            lambda: f"{batch.id} {batch.label or ''} {batch.note or ''} {status_words(batch)}",
            lambda key: self.value(batch, key),
        )

    def _sort_key(self, place: int) -> tuple[bool, float, str]:
        value = self.value(self._batches[place], self.sorted_by)
        if isinstance(value, str):
            return (False, 0.0, value.casefold())
        return (value is None, value or 0.0, "")

    def value(self, batch: KnownBatch, key: str) -> str | float | None:  # noqa: PLR0911  # a table
        """Return what a batch has under a key of `KINDS`, or under a column's name."""
        match key:
            case "age":
                return (self.now - batch.created_at).total_seconds()
            case "took":
                return self._took(batch).total_seconds()
            case "left":
                return (self._end_of_time(batch) - self.now).total_seconds()
            case "failed":
                return batch.errored + batch.canceled + batch.expired
            case "copy":
                return self.copy_of(batch)
            case "status":
                return f"{batch.status} {state_of(batch)}"
            case _:
                found: str | float | None = getattr(batch, key)
                return found

    @property
    def known(self) -> Sequence[KnownBatch]:
        """Every batch, newest first."""
        return self._batches

    @property
    def total(self) -> int:
        """How many batches there are, those that the filter hides included."""
        return len(self._batches)

    def __len__(self) -> int:
        """Return how many are shown."""
        return len(self._view)

    def batch(self, key: Key) -> KnownBatch | None:
        """Return a batch, shown or hidden; None if it is gone."""
        place = self._places.get(str(key))
        return None if place is None else self._batches[place]

    def key(self, row: int) -> Key:
        """Return the id of a shown row's batch."""
        return self._batches[self._view[row]].id

    def row_of(self, key: Key) -> int | None:
        """Return the row that shows a batch; None if it is hidden or gone."""
        return self._rows.get(str(key))

    def knows(self, key: Key) -> bool:
        """Tell whether a batch is there, shown or hidden."""
        return key in self._places

    def states(self) -> dict[str, int]:
        """Return how many batches are in each state, those that are hidden included."""
        totals: dict[str, int] = {}
        for batch in self._batches:
            state = state_of(batch)
            totals[state] = totals.get(state, 0) + 1
        return totals

    def copy_of(self, batch: KnownBatch) -> Copy:
        """Return what there is of a batch's results on this machine."""
        if batch.verified_at is not None:
            return "verified"
        return "part" if batch.id in self._parts else "none"

    def cells(self, row: int) -> Sequence[Cell]:
        """Return what is shown of a batch."""
        batch = self._batches[self._view[row]]
        nothing = Cell("·" if batch.ended else "", "dim")  # counts are not known before the end

        def part(number: int, tone: Tone) -> Cell:
            return Cell(count(number), tone) if number else nothing

        return (
            Cell(status_words(batch), _TONES.get(state_of(batch), "")),
            Cell(batch.label or ""),
            Cell(batch.id, "dim"),
            Cell(span(self.now - batch.created_at)),
            Cell(count(batch.total)),
            part(batch.succeeded, "good"),
            part(batch.errored, "bad"),
            part(batch.canceled, "warn"),
            part(batch.expired, "warn"),
            Cell(span(self._took(batch)), "" if batch.ended else "busy"),
            self._left(batch),
            _COPIES[self.copy_of(batch)],
        )

    def _took(self, batch: KnownBatch) -> timedelta:
        return (batch.ended_at or self.now) - batch.created_at

    def _end_of_time(self, batch: KnownBatch) -> datetime:
        """Return when a batch expires or, once it has ended, when its results are gone."""
        return batch.created_at + RESULTS_KEPT if batch.ended else batch.expires_at

    def _left(self, batch: KnownBatch) -> Cell:
        if batch.archived_at is not None:
            return Cell("gone", "dim")
        left = self._end_of_time(batch) - self.now
        near = left < timedelta(days=3) if batch.ended else left < timedelta(hours=2)
        return Cell(span(left), "warn" if near else "dim")


def _columns(batches: list[KnownBatch]) -> tuple[Column, ...]:
    """Return the columns, that of the labels as wide as they need."""
    longest = max((len(batch.label) for batch in batches if batch.label), default=0)
    width = min(max(LABEL.width, longest), WIDEST_LABEL)
    return tuple(
        column._replace(width=width) if column.name == "label" else column for column in COLUMNS
    )
