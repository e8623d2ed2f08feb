"""The progress of downloads and submissions, on stderr, where that is a terminal."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import trio
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from trio_batches.cli.terminal import stderr

if TYPE_CHECKING:
    from trio_batches.jobs import DownloadProgress, Submission

__all__ = ("draw", "draw_submission")

REFRESH_SECONDS = 0.1


async def draw(progress: DownloadProgress, batches: int) -> None:
    """Draw a job's progress until cancelled; return at once where there is no terminal."""
    if not sys.stderr.isatty():  # rich would believe FORCE_COLOR
        return
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=batches)
        while True:
            over = progress.count("downloaded", "present", "failed")
            description = _describe(progress, bar.tasks[0].elapsed or 0.0)
            bar.update(task, completed=over, description=description, refresh=True)
            await trio.sleep(REFRESH_SECONDS)


def _describe(progress: DownloadProgress, seconds: float) -> str:
    megabytes = progress.received / 1e6
    speed = megabytes / seconds if seconds else 0.0
    failed = progress.count("failed")
    return (
        f"{progress.lines:,} results  {megabytes:,.0f} MB  {speed:,.0f} MB/s"
        f"{f'  {failed:,} failed' if failed else ''}"
    )


async def draw_submission(progress: Submission) -> None:
    """Draw a submission's progress until cancelled; return at once where there is no terminal."""
    if not stderr.is_terminal:
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, auto_refresh=False) as bar:
        task = bar.add_task("")
        while True:
            bar.update(task, description=_describe_submission(progress), refresh=True)
            await trio.sleep(REFRESH_SECONDS)


def _describe_submission(progress: Submission) -> str:
    if not progress.chunks:
        return "checking the requests"
    states = Counter(chunk.state for chunk in progress.chunks)
    return "batches: " + ", ".join(f"{count:,} {state}" for state, count in states.items())
