"""Jobs and what they work on, as tables show them, and what is news about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, final

from tui.state.rows import Cell, Column, Key, Tone
from tui.state.wording import count, megabytes, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.job_views import ItemState, ItemView, JobKind, JobState, JobView

__all__ = ("ItemList", "JobList", "News", "news_of", "outcome", "running_line")

_JOB_STATES: dict[JobState, Cell] = {
    "running": Cell("▶ running", "busy"),
    "done": Cell("✓ done", "good"),
    "failed": Cell("! failures", "warn"),
    "cancelled": Cell("◼ stopped", "dim"),
}
_ITEM_STATES: dict[ItemState, Cell] = {
    "waiting": Cell("  waiting", "dim"),
    "running": Cell("▶ running", "busy"),
    "done": Cell("✓ done", "good"),
    "failed": Cell("✗ failed", "bad"),
    "cancelled": Cell("◼ stopped", "dim"),
}
_SIGNS: dict[JobKind, str] = {
    "download": "↓",
    "watch": "◷",
    "cancel": "◼",
    "delete": "✗",
    "download and delete": "↓✗",
    "submit": "↑",
    "resubmit": "↑",
}


class News(NamedTuple):
    """Something that the user should hear of wherever they are."""

    sentence: str
    wrong: bool = False
    rings: bool = False


@final
class JobList:
    """Rows of jobs, the newest first; see `tui.state.rows.Rows`."""

    columns: Sequence[Column] = (
        Column("state", "STATE", 10),
        Column("words", "JOB", 16, grows=True),
        Column("done", "DONE", 11, right=True),
        Column("failed", "FAIL", 5, right=True, rank=1),
        Column("bytes", "SIZE", 9, right=True, rank=4),
        Column("speed", "SPEED", 11, right=True, rank=2),
        Column("left", "LEFT", 6, right=True, rank=3),
        Column("took", "TOOK", 6, right=True, rank=5),
    )

    def __init__(self) -> None:
        self.jobs: dict[int, JobView] = {}
        self._order: list[int] = []

    def update(self, jobs: Sequence[JobView]) -> None:
        """Take the jobs of the session, the oldest first."""
        self.jobs = {job.id: job for job in jobs}
        self._order = [job.id for job in reversed(jobs)]

    @property
    def running(self) -> list[JobView]:
        """Those that have not ended."""
        return [job for job in self.jobs.values() if job.state == "running"]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._order)

    def __len__(self) -> int:
        """Return how many are shown: all."""
        return len(self._order)

    def key(self, row: int) -> Key:
        """Return the number of a row's job."""
        return self._order[row]

    def row_of(self, key: Key) -> int | None:
        """Return the row of a job; None if it is forgotten."""
        return self._order.index(int(key)) if self.knows(key) else None

    def knows(self, key: Key) -> bool:
        """Tell whether a job is there."""
        return key in self.jobs

    def cells(self, row: int) -> Sequence[Cell]:
        """Return what is shown of a job."""
        job = self.jobs[self._order[row]]
        passed = (job.ended_at or datetime.now(UTC)) - job.began_at
        return (
            _JOB_STATES[job.state],
            Cell(job.words),
            Cell(f"{count(job.done)} of {count(job.total)}"),
            Cell(count(job.failed) if job.failed else "", "bad"),
            Cell(megabytes(job.bytes) if job.bytes else ""),
            Cell("" if job.speed is None else f"{megabytes(job.speed)}/s"),
            Cell("" if job.seconds_left is None else _seconds(job.seconds_left), "dim"),
            Cell(span(passed), "dim"),
        )


@final
class ItemList:
    """Rows of what one job works on; see `tui.state.rows.Rows`."""

    columns: Sequence[Column] = (
        Column("state", "STATE", 10),
        Column("key", "BATCH", 12, grows=True, rank=1),
        Column("lines", "LINES", 17, right=True, rank=2),
        Column("bytes", "SIZE", 9, right=True, rank=3),
        Column("sentence", "WHAT", 12, grows=True),
    )

    def __init__(self) -> None:
        self.items: dict[str, ItemView] = {}
        self._order: list[str] = []
        self._rows: dict[str, int] = {}

    def update(self, items: Sequence[ItemView]) -> None:
        """Take the items of a job."""
        self.items = {item.key: item for item in items}
        if len(items) != len(self._order) or self.items.keys() != self._rows.keys():
            self._order = list(self.items)
            self._rows = {key: row for row, key in enumerate(self._order)}

    def first_failed(self) -> str | None:
        """Return the key of the first item that failed; None if none has."""
        return next((key for key, item in self.items.items() if item.state == "failed"), None)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._order)

    def __len__(self) -> int:
        """Return how many are shown: all."""
        return len(self._order)

    def key(self, row: int) -> Key:
        """Return the key of a row's item."""
        return self._order[row]

    def row_of(self, key: Key) -> int | None:
        """Return the row of an item; None if the job has no such item."""
        return self._rows.get(str(key))

    def knows(self, key: Key) -> bool:
        """Tell whether the job has such an item."""
        return key in self.items

    def cells(self, row: int) -> Sequence[Cell]:
        """Return what is shown of an item."""
        item = self.items[self._order[row]]
        lines = count(item.lines) if item.lines else ""
        if item.expected and item.lines != item.expected:
            lines = f"{count(item.lines)} of {count(item.expected)}"
        tone: Tone = "bad" if item.state == "failed" else ""
        return (
            _ITEM_STATES[item.state],
            Cell(item.key),
            Cell(lines),
            Cell(megabytes(item.bytes) if item.bytes else ""),
            Cell(item.sentence, tone),
        )


def outcome(job: JobView) -> str:
    """Return what came of a job, such as `48 done, 2 failed`."""
    parts = [f"{count(job.done)} done"] if job.done or not (job.failed or job.cancelled) else []
    parts += [f"{count(job.failed)} failed"] if job.failed else []
    parts += [f"{count(job.cancelled)} stopped"] if job.cancelled else []
    return ", ".join(parts)


def news_of(before: JobView | None, job: JobView) -> list[News]:
    """Return what the user should hear of, since the last look at a job."""
    found: list[News] = []
    ended_one = job.kind == "watch" and job.done > (0 if before is None else before.done)
    if ended_one and job.sentence:
        found.append(News(job.sentence, rings=True))
    if job.ended_at is not None and (before is None or before.ended_at is None):
        found += _end(job)
    return found


def _end(job: JobView) -> list[News]:
    if job.kind == "watch" and not job.failed:
        return []  # what ended last has been said
    wrong = job.state == "failed"
    said = outcome(job) if job.total else job.sentence
    if wrong and not job.failed:
        said = job.sentence
    where = " (! shows them)" if job.failed else ""
    return [News(f"{job.words}: {said}{where}", wrong=wrong)]


def running_line(running: Sequence[JobView]) -> str:
    """Say in few words what runs, such as `↓ 3 of 12, 84 MB/s, 40s left`; empty if nothing does."""
    if not running:
        return ""
    job = running[0]
    parts = [f"{_SIGNS[job.kind]} {count(job.done)} of {count(job.total)}"]
    parts += [] if job.speed is None else [f"{megabytes(job.speed)}/s"]
    parts += [] if job.seconds_left is None else [f"{_seconds(job.seconds_left)} left"]
    parts += [f"{count(job.failed)} failed"] if job.failed else []
    more = len(running) - 1
    return ", ".join(parts) + (f"  +{more} more" if more else "")


def _seconds(seconds: float) -> str:
    return span(timedelta(seconds=max(1.0, seconds)))
