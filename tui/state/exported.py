"""What can be written to a file: lines as they are, or as rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, final

from tui.state.record import answer_text
from tui.state.result_line import summarize_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.state.batches import BatchList
    from tui.state.row_index import RowIndex

__all__ = ("ExportedBatches", "ExportedLines", "ExportedResults")


class ExportedLines(Protocol):
    """Some lines of JSON, each of them a row of a table, too."""

    columns: ClassVar[tuple[str, ...]]
    """The headings of the table."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def line(self, place: int) -> bytes:
        """Return a line as it is, without its end."""
        ...

    def row(self, place: int) -> Sequence[object]:
        """Return what a line's row of the table holds."""
        ...


@final
class ExportedResults:
    """Some lines of a results file.

    Args:
        index: Where they are.
        lines: Their numbers.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "row",
        "custom_id",
        "type",
        "model",
        "stop_reason",
        "tokens_in",
        "tokens_out",
        "error_type",
        "text",
    )

    def __init__(self, index: RowIndex, lines: Sequence[int]) -> None:
        self._index = index
        self._lines = lines

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._lines)

    def line(self, place: int) -> bytes:
        """Return a line as it is in the file."""
        return self._index.line(self._lines[place])

    def row(self, place: int) -> Sequence[object]:
        """Return a result's row, with the whole text of the answer."""
        number = self._lines[place]
        summary = summarize_row(self._index, number)
        return (
            number + 1,
            summary.custom_id,
            summary.type,
            summary.model,
            summary.stop_reason,
            summary.tokens_in,
            summary.tokens_out,
            summary.error_type,
            answer_text(self._index.line(number)) or summary.text,
        )


@final
class ExportedBatches:
    """Some batches.

    Args:
        batches: Where they are.
        raw: Each by its id, as the service described it last.
    """

    columns: ClassVar[tuple[str, ...]] = (
        "id",
        "status",
        "label",
        "note",
        "created_at",
        "ended_at",
        "expires_at",
        "total",
        "succeeded",
        "errored",
        "canceled",
        "expired",
        "copy",
    )

    def __init__(self, batches: BatchList, raw: Mapping[str, bytes]) -> None:
        self._batches = batches
        self._raw = list(raw.items())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._raw)

    def line(self, place: int) -> bytes:
        """Return a batch as the service described it."""
        return self._raw[place][1].translate(None, b"\r\n")

    def row(self, place: int) -> Sequence[object]:
        """Return a batch's row."""
        batch = self._batches.batch(self._raw[place][0])
        if batch is None:  # it went while this was written
            return (self._raw[place][0],)
        return (
            batch.id,
            batch.status,
            batch.label,
            batch.note,
            batch.created_at.isoformat(),
            batch.ended_at.isoformat() if batch.ended_at is not None else None,
            batch.expires_at.isoformat(),
            batch.total,
            batch.succeeded,
            batch.errored,
            batch.canceled,
            batch.expired,
            self._batches.copy_of(batch),
        )
