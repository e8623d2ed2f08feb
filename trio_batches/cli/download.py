"""`download`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
import trio

from trio_batches.cli.download_plan import print_plan
from trio_batches.cli.exit_codes import Exit, exit_of, exit_of_all, sentence_of
from trio_batches.cli.ledger import open_or_warn
from trio_batches.cli.options import Duration, LabelText, folder_option, json_option
from trio_batches.cli.progress import draw
from trio_batches.cli.run import run
from trio_batches.cli.selection import Selection
from trio_batches.cli.terminal import narrate, write_line, write_objects
from trio_batches.client import Client
from trio_batches.errors import StorageError, TrioBatchesError
from trio_batches.jobs import DownloadProgress
from trio_batches.jobs import download as download_batches
from trio_batches.store import Home
from trio_batches.store.path_text import path_text
from trio_batches.transport.limits import Limits
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from trio_batches.jobs import BatchDownload
    from trio_batches.store.compression import Compression

__all__ = ("download", "exit_of_download", "summarise", "with_progress")


@click.command()
@click.argument("names", metavar="[ID|FILE]...", nargs=-1)
@click.option(
    "--ended", is_flag=True, help="All that have ended, if their results are still there."
)
@click.option("--label", type=LabelText(), help="Only batches with this label of yours.")
@click.option(
    "--from-manifest",
    "manifests",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What is not done in this manifest.jsonl, or other lines with ids.",
)
@folder_option
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    help="Batches at a time; by default, what turns out best.",
)
@click.option(
    "--max-requests-per-minute",
    "per_minute",
    type=click.FloatRange(min=0, min_open=True),
    help="Of all downloads together.",
)
@click.option(
    "--max-duration",
    type=Duration(),
    help="Begin no download after this time (90s, 30m, 2h); finish those that run.",
)
@click.option("--compress", type=click.Choice(["gzip", "zstd"]), help="Write compressed files.")
@click.option("--checksum", is_flag=True, help="Hash files that are there already, too.")
@click.option("--no-fsync", is_flag=True, help="Faster; a power failure may cost new files.")
@click.option("--dry-run", is_flag=True, help="Only say what there is to do.")
@json_option
def download(  # noqa: PLR0913, PLR0917  # one argument for each option
    names: tuple[str, ...],
    label: str | None,
    manifests: tuple[Path, ...],
    folder: Path | None,
    concurrency: int | None,
    per_minute: float | None,
    max_duration: float | None,
    compress: Compression | None,
    *,
    ended: bool,
    checksum: bool,
    no_fsync: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Download results into verified files.

    A file gets its name only when every result that the batch counts is in it,
    once. Files that are there already are left alone, and interrupted downloads
    are taken up where they stopped, so the same command can be run again. What
    became of each batch is appended to manifest.jsonl in the folder.
    """
    selection = Selection(names, manifests, ended, label)
    selection.check()
    home = Home()
    target = folder or home.results

    async def work() -> Exit:
        until = trio.current_time() + (float("inf") if max_duration is None else max_duration)
        async with Client(limits=Limits(requests_per_minute=per_minute)) as client:
            gc.freeze()  # as in `run`, now that the HTTP library is loaded, too
            batches = await selection.find(client)
            if dry_run:
                return await print_plan(client, batches, target, as_json=as_json)
            progress = DownloadProgress()
            async with open_or_warn(home) as ledger:
                await with_progress(
                    progress,
                    len(batches),
                    lambda: download_batches(
                        client,
                        batches,
                        target,
                        concurrency=concurrency,
                        ledger=ledger,
                        compression=compress,
                        sync=not no_fsync,
                        recheck=checksum,
                        start_before=until,
                        progress=progress,
                    ),
                )
        for entry in progress.batches.values():
            await _report(entry, target, as_json=as_json)
        _narrate_errors(progress, target)
        if progress.count("downloaded", "present") or not progress.batches:
            summarise(progress)
        return exit_of_download(progress)

    run(
        work,
        outlives_reader=True,
        when_interrupted=f"interrupted: complete files are in {target}, parts are kept beside "
        f"them: run the same command again to go on",
    )


async def with_progress(
    progress: DownloadProgress, batches: int, work: Callable[[], Awaitable[object]]
) -> None:
    """Do work with its progress on the screen."""
    async with open_hidden_nursery() as nursery:
        nursery.start_soon(draw, progress, batches)
        await work()
        nursery.cancel_scope.cancel()


async def _report(entry: BatchDownload, folder: Path, *, as_json: bool) -> None:
    path = None if entry.receipt is None else folder / entry.receipt.file
    if as_json:
        outcome = {
            "id": entry.batch_id,
            "state": entry.state,
            "file": None if path is None else path_text(path),
            "receipt": entry.receipt,
            "attempts": entry.attempts,
            "request_id": entry.request_id,
            "error": None if entry.error is None else str(entry.error),
        }
        await write_objects([msgspec.json.encode(outcome)])
    elif path is not None:
        await write_line(f"{entry.batch_id}\t{path}")


def _narrate_errors(progress: DownloadProgress, folder: Path) -> None:
    """Say in a line for each batch why it failed; what stopped them all, once."""
    stopped_by = progress.stopped_by
    if stopped_by is not None:
        narrate(sentence_of(stopped_by))
    if isinstance(stopped_by, StorageError) and (needed := progress.bytes_needed()):
        narrate(f"{folder}: about {needed:,} bytes more are needed")
    for entry in progress.batches.values():
        if entry.error is not None and not _is_alike(entry.error, stopped_by):
            sentence = sentence_of(entry.error)
            narrate(sentence if entry.batch_id in sentence else f"{entry.batch_id}: {sentence}")
    if progress.ended_early:
        narrate("the time is up: run the same command again to go on")


def _is_alike(error: TrioBatchesError, other: TrioBatchesError | None) -> bool:
    if isinstance(error, StorageError) and isinstance(other, StorageError):
        return error.errno == other.errno
    return type(error) is type(other)


def summarise(progress: DownloadProgress) -> None:
    """Say in a line what was done."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in progress.results().items())
    parts = [
        f"{progress.count('downloaded'):,} downloaded",
        f"{progress.count('present'):,} already here",
        f"{progress.count('failed'):,} failed",
        f"{progress.count('interrupted'):,} not begun or interrupted",
    ]
    shown = ", ".join(part for part in parts if not part.startswith("0 "))
    narrate(f"{shown or 'nothing to do'}{f'; results: {kinds}' if kinds else ''}")


def exit_of_download(progress: DownloadProgress) -> Exit:
    """Return the exit code for what became of the batches."""
    if progress.stopped_by is not None:
        return exit_of(progress.stopped_by)
    errors = [entry.error for entry in progress.batches.values() if entry.error]
    if not errors and progress.ended_early:
        return Exit.INTERRUPTED
    return exit_of_all(errors)
