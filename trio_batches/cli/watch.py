"""`watch`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import trio

from trio_batches.cli.exit_codes import Exit, exit_of_all, sentence_of
from trio_batches.cli.options import json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, stderr, write_line, write_objects
from trio_batches.cli.time_span import span
from trio_batches.client import Client
from trio_batches.errors import TrioBatchesError
from trio_batches.jobs import watch as watch_until_ended
from trio_batches.protocol.limits import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trio_batches.client import Polled
    from trio_batches.types import MessageBatch

__all__ = ("watch", "watch_batches")


@click.command()
@click.argument("batch_ids", metavar="[ID]...", nargs=-1)
@click.option("--exec", "command", help="Run this in a shell for each batch that ends.")
@click.option("--timeout", type=click.FloatRange(min=0), help="Seconds to wait at most; exit 12.")
@json_option
def watch(
    batch_ids: tuple[str, ...], command: str | None, timeout: float | None, *, as_json: bool
) -> None:
    """Wait until batches have ended; without ids, all that run now.

    The service tells nothing of a batch's inside while it runs. The command of
    --exec finds BATCH_ID and BATCH_STATUS in its environment.
    """

    async def work() -> Exit:
        async with Client() as client:
            with trio.move_on_after(float("inf") if timeout is None else timeout):
                watched = batch_ids or await _running(client)
                return await watch_batches(client, watched, command=command, as_json=as_json)
        narrate(f"still in progress after {timeout:g} s")
        return Exit.IN_PROGRESS

    run(work, when_interrupted="stopped watching; the batches go on")


async def watch_batches(
    client: Client, batch_ids: Sequence[str], *, command: str | None = None, as_json: bool
) -> Exit:
    """Print each change of status until all batches have ended."""

    async def changed(look: Polled) -> None:
        batch = look.batch
        if as_json:
            await write_objects([look.raw])
        else:
            await write_line(_line(batch))
        if batch.ended:
            if stderr.is_terminal:
                stderr.bell()
            if command is not None:
                await _execute(command, batch)

    outcomes = await watch_until_ended(client, batch_ids, changed)
    errors = [found for found in outcomes.values() if isinstance(found, TrioBatchesError)]
    for error in errors:
        narrate(sentence_of(error))
    return exit_of_all(errors)


def _line(batch: MessageBatch) -> str:
    counts = batch.request_counts
    if batch.ended and batch.ended_at is not None:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts.results().items() if count)
        took = span(batch.ended_at - batch.created_at)
        return f"{batch.id}\t{batch.processing_status}\tafter {took}: {kinds}"
    now = datetime.now(UTC)
    return (
        f"{batch.id}\t{batch.processing_status}\t{counts.total:,} requests, "
        f"for {span(now - batch.created_at)}, expires in {span(batch.expires_at - now)}"
    )


async def _execute(command: str, batch: MessageBatch) -> None:
    environment = {
        **os.environ,
        "BATCH_ID": batch.id,
        "BATCH_STATUS": batch.processing_status,
    }
    done = await trio.run_process(  # noqa: S604  # the user's own command, for the user's shell
        command, shell=True, check=False, env=environment, stdout=sys.stderr.fileno()
    )
    if done.returncode:
        narrate(f"{batch.id}: the command of --exec exited with {done.returncode}")


async def _running(client: Client) -> list[str]:
    page = await client.messages.batches.list(limit=MAX_PAGE)
    return [batch.id for batch in page.data if not batch.ended]
