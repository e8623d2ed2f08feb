"""What the user can do with batches: asking first where it matters, then a job."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from textual.widgets import Input

from tui.saying import complaining, say
from tui.state.plain import plain_line
from tui.state.plan import describe_faults, describe_plan
from tui.state.question import Fact
from tui.state.questions import (
    ask_cancel,
    ask_delete,
    ask_quit,
    ask_resubmit,
    batches,
    can_be_cancelled,
)
from tui.taking import copy_batches

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual.screen import Screen

    from trio_batches import KnownBatch
    from tui.app import BatchesApp
    from tui.engine.job import Job
    from tui.job_views import JobView
    from tui.screens.dialog import Dialog
    from tui.state.question import Question

    Answer = TypeVar("Answer")

# What runs under Trio, and the dialogs, are imported where they are used: the first
# screen does without.

__all__ = ("VERBS", "Verb", "leave", "open_results", "retry", "submit")

Verb: TypeAlias = "Callable[[BatchesApp, tuple[str, ...], int], Awaitable[None]]"
"""Takes the app, the ids of the batches, and how many of them, the last ones, a filter hides."""


async def _ask(app: BatchesApp, question: Question, asked_on: Screen[object]) -> str | None:
    from tui.screens.confirm import ConfirmScreen  # noqa: PLC0415

    return await _open(app, ConfirmScreen(question), asked_on)


async def _open(app: BatchesApp, dialog: Dialog[Answer], asked_on: Screen[object]) -> Answer | None:
    """Return what a dialog returns; None at once where it would come into the user's way.

    That is another screen than the one that the verb was chosen on, or a line that is
    typed into: the next keys are not for this dialog.
    """
    if app.asking or app.screen.is_modal or isinstance(app.focused, Input):
        say(app, "not asked, and nothing done: something else was opened first")
        return None
    if not _is_there(app, asked_on):
        return None
    app.asking = True
    try:
        return await app.push_screen_wait(dialog)
    finally:
        app.asking = False


def _is_there(app: BatchesApp, asked_on: Screen[object]) -> bool:
    """Tell whether the user is still on a screen; where not, it is said."""
    if not asked_on.is_active:
        say(app, "not asked, and nothing done: you have gone to another screen")
    return asked_on.is_active


async def _start(app: BatchesApp, job: Job) -> None:
    """Begin a job; why that cannot be done is said."""
    with complaining(app):
        await app.ask((await app.engine()).jobs.start, job)


def _known(app: BatchesApp, batch_ids: Sequence[str]) -> list[KnownBatch]:
    found = (app.batches.batch(batch_id) for batch_id in batch_ids)
    return [batch for batch in found if batch is not None]


def _shown(batch_ids: tuple[str, ...], hidden: int) -> tuple[str, ...]:
    return batch_ids[: len(batch_ids) - hidden]


async def download(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Download what has ended; nothing needs to be asked, since nothing is lost by it."""
    from tui.engine.downloads import DownloadJob  # noqa: PLC0415

    ended = [batch for batch in _known(app, batch_ids) if batch.ended]
    if not ended:
        say(app, "nothing to download: results come when a batch has ended")
        return
    # Where there is nothing else, the job says what it is about them.
    here = [batch.id for batch in ended if batch.archived_at is None] or [b.id for b in ended]
    running, archived = len(batch_ids) - len(ended), len(ended) - len(here)
    parts = [f"downloading {batches(len(here))}"]
    parts += [f"{running:,} that have not ended are left out"] * bool(running)
    parts += [f"{archived:,} whose results are gone are left out"] * bool(archived)
    parts += [f"{hidden:,} of the chosen are hidden by the filter"] * bool(hidden)
    say(app, "; ".join(parts))
    await _start(app, DownloadJob(here))


async def watch(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Wait until batches have ended, and ring then."""
    from tui.engine.watches import WatchJob  # noqa: PLC0415

    running = [batch.id for batch in _known(app, batch_ids) if not batch.ended]
    if not running:
        say(app, "nothing to wait for: what was chosen has ended")
        return
    also = f", {hidden:,} of the chosen hidden by the filter" if hidden else ""
    say(app, f"watching {batches(len(running))}{also}; the terminal rings when one has ended")
    await _start(app, WatchJob(running))


async def cancel(
    app: BatchesApp, batch_ids: tuple[str, ...], hidden: int, *, instead: bool = False
) -> None:
    """Cancel what runs, after a question, which the user can switch off for the session.

    Args:
        app: The app.
        batch_ids: What was chosen.
        hidden: How many of them the filter hides: then it is asked in any case.
        instead: They were to be deleted, and none has ended.
    """
    from tui.engine.cancels import CancelJob  # noqa: PLC0415

    asked_on = app.screen
    targets = _known(app, batch_ids)
    running = [batch.id for batch in targets if can_be_cancelled(batch)]
    if not running:
        say(app, "nothing to cancel: what was chosen has ended, or is being cancelled")
        return
    if hidden or instead or not app.cancels_unasked:
        question = ask_cancel(targets, hidden=hidden, instead=instead)
        answer = await _ask(app, question, asked_on)
        if answer == "shown":
            await cancel(app, _shown(batch_ids, hidden), 0, instead=instead)
            return
        if answer not in {"cancel", "always"}:
            return
        app.cancels_unasked = app.cancels_unasked or answer == "always"
    await _start(app, CancelJob(running))


async def delete(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Delete what has ended, after a question and some seconds in which it can be taken back."""
    from tui.engine.copies import find_copies  # noqa: PLC0415

    asked_on = app.screen
    targets = _known(app, batch_ids)
    ended = [batch.id for batch in targets if batch.ended]
    if not ended:
        await cancel(app, batch_ids, hidden, instead=True)
        return
    with complaining(app):
        copies = await app.ask(find_copies, await app.engine(), ended)
        without = [batch_id for batch_id, folder in copies.items() if folder is None]
        question = ask_delete(targets, without_copy=without, hidden=hidden)
        answer = await _ask(app, question, asked_on)
        match answer:
            case "shown":
                await delete(app, _shown(batch_ids, hidden), 0)
            case "cancel":
                await cancel(app, batch_ids, hidden)
            case "keep" | "delete":
                _count_down(app, copies, keep=answer == "keep")
            case _:
                pass


def _count_down(app: BatchesApp, copies: Mapping[str, Path | None], *, keep: bool) -> None:
    """Let a delete that was confirmed begin in some seconds."""

    async def begin() -> None:
        from tui.engine.deletes import DeleteJob, DownloadAndDeleteJob  # noqa: PLC0415

        await _start(app, DownloadAndDeleteJob(copies) if keep else DeleteJob(copies))

    first = "Downloading, verifying and deleting" if keep else "Deleting"
    app.undo.begin(f"{first} {batches(len(copies))}", begin)


async def label(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Ask for a label and a note, and write them into the ledger."""
    from tui.engine.labels import set_labels, set_notes  # noqa: PLC0415
    from tui.screens.label import LabelScreen  # noqa: PLC0415

    targets = _known(app, batch_ids)
    labels = {batch.label for batch in targets}
    notes = {batch.note for batch in targets}
    written = await _open(
        app,
        LabelScreen(
            batch_ids,
            label=labels.pop() if len(labels) == 1 else None,
            note=notes.pop() if len(notes) == 1 else None,
            hidden=hidden,
        ),
        app.screen,
    )
    if written is None:
        return
    with complaining(app):
        engine = await app.engine()
        if written.label is not None:
            await app.ask(set_labels, engine, batch_ids, written.label or None)
        if written.note is not None:
            await app.ask(set_notes, engine, batch_ids, written.note or None)
        say(app, f"labelled {batches(len(batch_ids))}")


async def resubmit(app: BatchesApp, batch_ids: tuple[str, ...], hidden: int) -> None:
    """Count what failed, ask, and send that again."""
    from tui.engine.plans import count_failed  # noqa: PLC0415
    from tui.engine.submits import ResubmitJob  # noqa: PLC0415

    asked_on = app.screen
    say(app, f"counting what failed in {batches(len(batch_ids))}")
    with complaining(app):
        found = await app.ask(count_failed, await app.engine(), batch_ids)
        if not found.kinds and not found.invalid:
            say(app, "nothing to send again: every request has an answer")
            return
        question = ask_resubmit(
            batch_ids,
            found.kinds,
            invalid=found.invalid,
            sent_before=found.sent_before,
            hidden=hidden,
        )
        answer = await _ask(app, question, asked_on)
        if answer == "shown":
            await resubmit(app, _shown(batch_ids, hidden), 0)
        elif answer in {"send", "all"}:
            await _start(app, ResubmitJob(batch_ids, include_invalid=answer == "all"))


async def open_results(app: BatchesApp, batch_id: str, asked_on: Screen[None]) -> None:
    """Show the results of a batch: the file that is here, or the one that a download writes.

    They come up only where the user is still on the screen that asked for them.
    """
    from tui.engine.copies import bring_results  # noqa: PLC0415
    from tui.screens.results import ResultsScreen  # noqa: PLC0415

    batch = app.batches.batch(batch_id)
    if batch is not None and not batch.ended:
        say(app, "no results yet: they come when the batch has ended")
        return
    with complaining(app):
        engine = await app.engine()
        found = await app.ask(bring_results, engine, batch_id)
        if not isinstance(found, str) and not found.path.exists():  # it is whole by now
            found = await app.ask(bring_results, engine, batch_id)
        if isinstance(found, str):
            say(app, found, wrong=True)
            return
        requests = engine.home.requests / f"{batch_id}.jsonl"
        kept = requests if requests.exists() else None
        if asked_on.is_active:
            await app.push_screen(ResultsScreen(found.path, requests=kept))


async def submit(app: BatchesApp) -> None:
    """Ask for a file, show what is in it, ask again, and submit it."""
    from trio_batches import TrioBatchesError  # noqa: PLC0415
    from tui.engine.plans import Faults, plan_file  # noqa: PLC0415
    from tui.engine.submits import SubmitJob  # noqa: PLC0415
    from tui.screens.submit import Checked, SubmitScreen  # noqa: PLC0415

    async def check(named: str) -> Checked:
        path = Path(named)
        try:
            path = await asyncio.to_thread(path.expanduser)
        except RuntimeError:  # pathlib's, of ~somebody
            return Checked((Fact(plain_line(f"{path}: there is no such user"), "bad"),), path, 0)
        try:
            plan = await app.ask(plan_file, await app.engine(), path)
        except TrioBatchesError as error:
            return Checked((Fact(plain_line(str(error)), "bad"),), path, 0)
        if isinstance(plan, Faults):
            return Checked(describe_faults(plan.sentences), path, 0)
        return Checked(describe_plan(plan), path, len(plan.chunks))

    chosen = await _open(app, SubmitScreen(check), app.screen)
    if chosen is not None:
        await _start(app, SubmitJob(chosen.path, chosen.label))


async def retry(app: BatchesApp, job: JobView) -> None:
    """Begin once more what failed or was stopped in a job; ask where batches would be changed."""
    asked_on = app.screen
    with complaining(app):
        left = await app.ask((await app.engine()).jobs.retry, job.id)
        if left and _is_there(app, asked_on):
            await (cancel if job.kind == "cancel" else delete)(app, left, 0)


async def leave(app: BatchesApp) -> None:
    """Leave the app, unless the user would rather see a countdown to its end."""
    from tui.screens.confirm import ConfirmScreen  # noqa: PLC0415

    countdowns = app.undo.countdowns
    countdowns.hold("leaving")
    app.undo.leaving = True
    try:
        answer = await app.push_screen_wait(ConfirmScreen(ask_quit(len(countdowns))))
    finally:
        app.undo.leaving = False
        countdowns.go_on("leaving")
    if answer == "quit":
        app.exit()


VERBS: dict[str, Verb] = {
    "download": download,
    "watch": watch,
    "cancel": cancel,
    "delete": delete,
    "label": label,
    "resubmit": resubmit,
    "copy": copy_batches,
}
"""By the names that `tui.actions.batches` gives them."""
