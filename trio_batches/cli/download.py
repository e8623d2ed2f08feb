"""`download`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec
import trio

from trio_batches.cli.exit_codes import Exit, exit_of, exit_of_all, sentence_of
from trio_batches.cli.options import folder_option, json_option
from trio_batches.cli.progress import draw
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, print_table, write_line, write_objects
from trio_batches.client import Client
from trio_batches.jobs import DownloadProgress
from trio_batches.jobs import download as download_batches
from trio_batches.jobs.nursery import open_hidden_nursery
from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.store import Home, ResultsFolder
from trio_batches.store.receipt import results_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trio_batches.jobs import BatchDownload
    from trio_batches.types import MessageBatch

__all__ = ("download", "exit_of_download", "run_download", "summarise")


@click.command()
@click.argument("batch_ids", metavar="[ID]...", nargs=-1)
@click.option("--ended", is_flag=True, help="All batches that have ended.")
@folder_option
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    help="Batches at a time; by default, what turns out best.",
)
@click.option("--dry-run", is_flag=True, help="Only say what there is to do.")
@json_option
def download(  # noqa: PLR0913  # one argument for each option
    batch_ids: tuple[str, ...],
    folder: Path | None,
    concurrency: int | None,
    *,
    ended: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Download results into verified files.

    A file gets its name only when every result that the batch counts is in it,
    once. Files that are there already are left alone, and interrupted downloads
    are taken up where they stopped, so the same command can be run again.
    """
    if bool(batch_ids) == ended:
        raise click.UsageError("name batches, or say --ended for all that have ended")
    target = folder or Home().results

    async def work() -> Exit:
        async with Client() as client:
            batches = await _ended(client) if ended else list(batch_ids)
            if dry_run:
                return await _print_plan(client, batches, target, as_json=as_json)
            progress = DownloadProgress()
            await run_download(client, batches, target, concurrency, progress)
        for entry in progress.batches.values():
            await _report(entry, target, as_json=as_json)
        _narrate_errors(progress)
        if progress.count("downloaded", "present") or not progress.batches:
            summarise(progress)
        return exit_of_download(progress)

    run(
        work,
        when_interrupted=f"interrupted: complete files are in {target}, parts are kept beside "
        f"them: run the same command again to go on",
    )


async def run_download(
    client: Client,
    batches: Sequence[str | MessageBatch],
    folder: Path,
    concurrency: int | None,
    progress: DownloadProgress,
) -> None:
    """Download, with the progress on the screen."""
    async with open_hidden_nursery() as nursery:
        nursery.start_soon(draw, progress, len(batches))
        await download_batches(client, batches, folder, concurrency=concurrency, progress=progress)
        nursery.cancel_scope.cancel()


async def _ended(client: Client) -> list[str | MessageBatch]:
    async with client.messages.batches.list(limit=MAX_PAGE) as batches:
        return [batch async for batch in batches if batch.ended and batch.archived_at is None]


async def _print_plan(
    client: Client, batches: Sequence[str | MessageBatch], folder: Path, *, as_json: bool
) -> Exit:
    plan: list[tuple[MessageBatch, str]] = []
    for batch_or_id in batches:
        batch = (
            await client.messages.batches.retrieve(batch_or_id)
            if isinstance(batch_or_id, str)
            else batch_or_id
        )
        plan.append((batch, await _plan(batch, folder)))
    if as_json:
        entries = (
            {"id": batch.id, "results": batch.request_counts.total, "to_do": to_do}
            for batch, to_do in plan
        )
        await write_objects(map(msgspec.json.encode, entries))
    else:
        rows = [(batch.id, f"{batch.request_counts.total:,}", to_do) for batch, to_do in plan]
        await print_table(("id", "results", "to do"), rows)
    return Exit.DONE


async def _plan(batch: MessageBatch, folder: Path) -> str:
    if not batch.ended:
        return f"nothing: it is {batch.processing_status}"
    if await trio.to_thread.run_sync(ResultsFolder(folder).find, batch) is not None:
        return "nothing: it is here, verified"
    return "download"


async def _report(entry: BatchDownload, folder: Path, *, as_json: bool) -> None:
    path = str(results_path(folder, entry.batch_id))
    if as_json:
        outcome = {
            "id": entry.batch_id,
            "state": entry.state,
            "file": path if entry.receipt else None,
            "receipt": entry.receipt,
            "error": None if entry.error is None else str(entry.error),
        }
        await write_objects([msgspec.json.encode(outcome)])
    elif entry.receipt is not None:
        await write_line(f"{entry.batch_id}\t{path}")


def _narrate_errors(progress: DownloadProgress) -> None:
    """Say in a line for each batch why it failed; what stopped them all, once."""
    stopped_by = progress.stopped_by
    if stopped_by is not None:
        narrate(sentence_of(stopped_by))
    for entry in progress.batches.values():
        if entry.error is not None and type(entry.error) is not type(stopped_by):
            sentence = sentence_of(entry.error)
            narrate(sentence if entry.batch_id in sentence else f"{entry.batch_id}: {sentence}")


def summarise(progress: DownloadProgress) -> None:
    """Say in a line what was done."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in progress.results().items())
    parts = [
        f"{progress.count('downloaded'):,} downloaded",
        f"{progress.count('present'):,} already here",
        f"{progress.count('failed'):,} failed",
        f"{progress.count('interrupted'):,} interrupted",
    ]
    shown = ", ".join(part for part in parts if not part.startswith("0 "))
    narrate(f"{shown or 'nothing to do'}{f'; results: {kinds}' if kinds else ''}")


def exit_of_download(progress: DownloadProgress) -> Exit:
    """Return the exit code for what became of the batches."""
    if progress.stopped_by is not None:
        return exit_of(progress.stopped_by)
    return exit_of_all(entry.error for entry in progress.batches.values() if entry.error)
