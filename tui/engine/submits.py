"""Jobs that submit requests, for the first time or once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from trio_batches import Resubmission, Submission, resubmit, submit
from tui.engine.job import Item, Job
from tui.engine.wording import batches, command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trio_batches import ChunkProgress
    from tui.engine.job import Desk
    from tui.job_views import ItemState, JobKind

__all__ = ("ResubmitJob", "SubmitJob")

_STATES: dict[str, ItemState] = {"sending": "running", "looking": "running"}
_SENTENCES = {
    "sending": "being sent",
    "looking": "the reply was lost: looking for the batch",
    "open": "it is not settled yet: submit the same once more to go on",
}


class SubmitJob(Job):
    """Submits a file. Cancelling leaves what is not sent yet for the next time.

    Attributes:
        submission: The submission's own account of itself.
    """

    kind: ClassVar[JobKind] = "submit"
    writes: ClassVar[bool] = True

    def __init__(self, path: Path, label: str | None) -> None:
        super().__init__()
        self.submission: Submission = Submission()
        self._path = path
        self._label = label

    @property
    @override
    def words(self) -> str:
        return f"Submit {self._path.name}"

    @property
    @override
    def cli(self) -> str:
        label = () if self._label is None else ("--label", self._label)
        return command("submit", (str(self._path),), *label)

    @override
    async def work(self, desk: Desk) -> None:
        self.sentence = "checking every request"
        await submit(
            desk.client,
            desk.ledger,
            desk.home,
            [self._path],
            label=self._label,
            progress=self.submission,
        )
        self.sentence = _outcome(self.submission)
        if self.submission.stopped_by is not None:
            raise self.submission.stopped_by

    @override
    def look(self) -> None:
        look_at_chunks(self.items, self.submission)

    @override
    def again(self) -> Job | None:
        return SubmitJob(self._path, self._label)


class ResubmitJob(Job):
    """Sends what failed in some batches again, as new ones.

    Args:
        batch_ids: Those batches.
        include_invalid: Also requests that the service has refused as invalid.
        label: For the new batches; by default that of the old ones.

    Attributes:
        resubmission: The resubmission's own account of itself.
    """

    kind: ClassVar[JobKind] = "resubmit"
    writes: ClassVar[bool] = True

    def __init__(
        self, batch_ids: Sequence[str], *, include_invalid: bool, label: str | None = None
    ) -> None:
        super().__init__()
        self.claims = frozenset(batch_ids)
        self.resubmission: Resubmission = Resubmission(tuple(batch_ids))
        self._include_invalid = include_invalid
        self._label = label

    @property
    @override
    def words(self) -> str:
        return f"Send again what failed in {batches(self.resubmission.parents)}"

    @property
    @override
    def cli(self) -> str:
        invalid = ("--include-invalid",) if self._include_invalid else ()
        return command("resubmit", self.resubmission.parents, *invalid)

    @override
    async def work(self, desk: Desk) -> None:
        self.sentence = "counting what failed"
        job = self.resubmission
        await resubmit(
            desk.client,
            desk.ledger,
            desk.home,
            job.parents,
            include_invalid=self._include_invalid,
            label=self._label,
            progress=job,
        )
        self.sentence = _outcome(job.submission) if job.requests else "nothing to send again"
        if job.submission.stopped_by is not None:
            raise job.submission.stopped_by

    @override
    def look(self) -> None:
        look_at_chunks(self.items, self.resubmission.submission)

    @override
    def again(self) -> Job | None:
        return ResubmitJob(
            self.resubmission.parents, include_invalid=self._include_invalid, label=self._label
        )


def look_at_chunks(items: dict[str, Item], submission: Submission) -> None:
    """Let an item stand for each new batch."""
    for chunk in submission.chunks:
        key = f"batch {chunk.number + 1}"
        item = items.setdefault(key, Item(key=key, expected=chunk.requests))
        if not item.ended:
            _follow(item, chunk)


def _follow(item: Item, chunk: ChunkProgress) -> None:
    item.batch_id = chunk.batch_id
    if chunk.state == "submitted":
        item.lines, item.bytes = chunk.requests, chunk.bytes
        found = ", found again after a lost reply" if chunk.adopted else ""
        item.finish("done", f"{chunk.requests:,} requests are in {chunk.batch_id}{found}")
    elif chunk.error is not None:
        item.finish("failed", chunk.error)
    elif chunk.state in {"failed", "open"}:
        item.finish("failed", _SENTENCES.get(chunk.state, "refused"))
    else:
        item.state = _STATES.get(chunk.state, "waiting")
        item.sentence = _SENTENCES.get(chunk.state, "")


def _outcome(submission: Submission) -> str:
    made = len(submission.batch_ids)
    return f"{made:,} of {len(submission.chunks):,} batches submitted"
