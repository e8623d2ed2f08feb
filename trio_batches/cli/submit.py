"""`submit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click
import msgspec

from trio_batches.cli.exit_codes import Exit, exit_of, exit_of_all, sentence_of
from trio_batches.cli.options import LabelText, json_option
from trio_batches.cli.progress import draw_submission
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, print_table, write_line
from trio_batches.cli.watch import output_form, watch_batches
from trio_batches.client import API_VERSION, Client
from trio_batches.jobs import QUEUE_LIMIT, Submission, plan_submission, resume
from trio_batches.jobs import submit as submit_requests
from trio_batches.store import Home, open_ledger
from trio_batches.store.path_text import path_text
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from trio_batches.jobs import Plan
    from trio_batches.store import Ledger

__all__ = ("interrupted_submission", "report_submission", "submit")


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@click.option("--label", type=LabelText(), help="Your name for the batches.")
@click.option("--dry-run", is_flag=True, help="Check and count, send nothing.")
@click.option("--wait", is_flag=True, help="Wait until the batches have ended.")
@click.option("--resume", "resuming", is_flag=True, help="Finish what earlier runs left open.")
@click.option("--again", is_flag=True, help="Also requests that were submitted before.")
@click.option("--no-keep", is_flag=True, help="Keep no copy of the requests.")
@click.option(
    "--queue-limit",
    type=click.IntRange(min=1),
    default=QUEUE_LIMIT,
    show_default=True,
    help="Requests that your tier lets wait at a time.",
)
@json_option
def submit(  # noqa: PLR0913  # one argument for each option
    files: tuple[str, ...],
    label: str | None,
    *,
    dry_run: bool,
    wait: bool,
    resuming: bool,
    again: bool,
    no_keep: bool,
    queue_limit: int,
    as_json: bool,
) -> None:
    """Submit the requests in JSONL files (`-` is stdin) as batches.

    A line is {"custom_id", "params"}, or the older {"custom_id", "method", "url",
    "body"}. Nothing is sent unless every line can be. Requests are cut into
    batches by count and size. Run it again after an interruption: what was sent
    is not sent, and not paid for, again.
    """
    if resuming == bool(files):
        raise click.UsageError("name files with requests, or say --resume")
    sources = [_stdin() if name == "-" else Path(name) for name in files]
    progress = Submission()

    async def work() -> Exit:
        home = Home()
        if dry_run:
            return await _print_plan(
                await plan_submission(sources, home, anthropic_version=API_VERSION),
                as_json=as_json,
            )
        async with Client() as client, open_ledger(home) as ledger:
            async with open_hidden_nursery() as nursery:
                nursery.start_soon(draw_submission, progress)
                if resuming:
                    await _say_what_is_open(ledger)
                    await resume(
                        client,
                        ledger,
                        home,
                        keep=not no_keep,
                        queue_limit=queue_limit,
                        progress=progress,
                    )
                else:
                    await submit_requests(
                        client,
                        ledger,
                        home,
                        sources,
                        label=label,
                        keep=not no_keep,
                        again=again,
                        queue_limit=queue_limit,
                        progress=progress,
                    )
                nursery.cancel_scope.cancel()
            code = await report_submission(progress, as_json=as_json)
            if wait and progress.batch_ids and code is Exit.DONE:
                code = await watch_batches(
                    client, ledger, progress.batch_ids, form=output_form(as_json=as_json)
                )
        return code

    run(
        work,
        outlives_reader=True,
        when_interrupted=lambda: interrupted_submission(
            progress, "run the same command again to go on"
        ),
    )


def interrupted_submission(submission: Submission, otherwise: str) -> str:
    """Say how things stand after an interrupt, and what to do where it was not sent whole."""
    if submission.chunks and submission.complete:
        return "interrupted: all of it is submitted; `trio-batches watch` waits for its end"
    return f"interrupted: what was sent is in the ledger; {otherwise}"


def _stdin() -> BinaryIO:
    """Open stdin without Python's buffer.

    A thread that waits for input holds the buffer's lock, and the interpreter
    would wait for that at its end.

    Raises:
        click.UsageError: It is closed.
    """
    try:
        return cast("BinaryIO", open(0, "rb", buffering=0, closefd=False))
    except OSError as exc:
        raise click.UsageError(
            f"standard input cannot be read: {exc.strerror}: name files with requests"
        ) from exc


async def _say_what_is_open(ledger: Ledger) -> None:
    intents = await ledger.open_intents()
    if not intents:
        narrate("nothing is open")
    for intent in intents:
        name = f"{intent.label}: " if intent.label else ""
        narrate(
            f"{name}{intent.n_requests:,} requests of {intent.at:%Y-%m-%d %H:%M} UTC "
            f"are {intent.state} (submission {intent.submission:.12})"
        )


async def _print_plan(plan: Plan, *, as_json: bool) -> Exit:
    if as_json:
        chunks = [
            msgspec.structs.replace(chunk, path=path_text(Path(chunk.path)))
            for chunk in plan.chunks
        ]
        await write_line(msgspec.json.encode(msgspec.structs.replace(plan, chunks=chunks)).decode())
        return Exit.DONE
    rows = [
        (f"batch {chunk.number + 1}", f"{chunk.requests:,} requests, {chunk.bytes:,} bytes")
        for chunk in plan.chunks
    ]
    rows += [(model, f"{count:,} requests") for model, count in sorted(plan.models.items())]
    rows.append(("all", f"{plan.requests:,} requests, {plan.bytes:,} bytes"))
    rows.append(("output", f"{plan.max_output_tokens:,} tokens at most"))
    await print_table(("what", "how much"), rows)
    return Exit.DONE


async def report_submission(submission: Submission, *, as_json: bool) -> Exit:
    """Print the new batches, say what went wrong, and return the exit code."""
    chunks = sorted(submission.chunks, key=lambda chunk: chunk.number)
    for chunk in chunks:
        if as_json:
            outcome = {
                "id": chunk.batch_id,
                "requests": chunk.requests,
                "state": chunk.state,
                "error": None if chunk.error is None else str(chunk.error),
            }
            await write_line(msgspec.json.encode(outcome).decode())
        elif chunk.batch_id is not None:
            await write_line(chunk.batch_id)
        if chunk.error is not None:
            narrate(sentence_of(chunk.error))
    adopted = sum(chunk.adopted for chunk in chunks)
    made = len(submission.batch_ids)
    found = f", {adopted} of them found again after a lost reply" if adopted else ""
    narrate(f"{made} of {len(chunks)} batches submitted{found}")
    if submission.stopped_by is not None:
        return exit_of(submission.stopped_by)
    if errors := [chunk.error for chunk in chunks if chunk.error is not None]:
        return exit_of_all(errors)
    return Exit.DONE if submission.complete else Exit.TRY_AGAIN
