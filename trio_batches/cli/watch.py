"""`watch`."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, final

import click
import trio

from trio_batches.cli.exit_codes import Exit, exit_of_all, sentence_of
from trio_batches.cli.ledger import add_label
from trio_batches.cli.options import json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, stderr, write_objects
from trio_batches.cli.time_span import span
from trio_batches.cli.watch_table import WatchTable, outcome_of
from trio_batches.client import Client
from trio_batches.errors import StorageError, TrioBatchesError
from trio_batches.jobs import list_recent
from trio_batches.jobs import watch as watch_until_ended
from trio_batches.store import Home, open_ledger
from trio_batches.transport.nursery import open_hidden_nursery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trio_batches.client import Polled
    from trio_batches.store import KnownBatch, Label, Ledger
    from trio_batches.types import MessageBatch

__all__ = ("Form", "output_form", "watch", "watch_batches")

COMMANDS_AT_ONCE = 8
HISTORY = 5_000
"""So many of the latest batches tell how long one usually takes."""

Form = Literal["json", "table", "words"]


@click.command()
@click.argument("batch_ids", metavar="[ID]...", nargs=-1)
@click.option("--exec", "command", help="Run this in a shell for each batch that ends.")
@click.option("--timeout", type=click.FloatRange(min=0), help="Seconds to wait at most; exit 12.")
@json_option
def watch(
    batch_ids: tuple[str, ...], command: str | None, timeout: float | None, *, as_json: bool
) -> None:
    """Wait until batches have ended; without ids, all that run now.

    In a terminal it shows a table; otherwise, whenever a batch's status has changed,
    that batch as the service sent it, with its label, one JSON object a line.

    The service tells nothing of a batch's inside while it runs: "usually" is how
    long your earlier batches of that size took. The command of --exec finds
    BATCH_ID and BATCH_STATUS in its environment.
    """
    if timeout is not None and math.isnan(timeout):
        raise click.UsageError("--timeout is a number of seconds")

    async def work() -> Exit:
        until = trio.current_time() + (float("inf") if timeout is None else timeout)
        code = Exit.IN_PROGRESS
        async with Client() as client, AsyncExitStack() as stack:
            ledger = await _open_ledger(stack)
            watched: Sequence[str] = batch_ids
            with trio.CancelScope(deadline=until) as looking:
                watched = watched or await _running(client)
            if not looking.cancelled_caught:
                form: Form = "json" if as_json or not sys.stdout.isatty() else "table"
                code = await watch_batches(
                    client, ledger, watched, command=command, form=form, until=until
                )
        if code is Exit.IN_PROGRESS:
            narrate(f"still in progress after {timeout:g} s")
        return code

    run(
        work,
        when_interrupted="stopped watching; the batches go on",
        outlives_reader=command is not None,
    )


def output_form(*, as_json: bool) -> Form:
    """Return how the batches of another command are shown while it waits for them."""
    if as_json:
        return "json"
    return "table" if sys.stdout.isatty() else "words"


async def watch_batches(  # noqa: PLR0913  # each is a choice of its own
    client: Client,
    ledger: Ledger | None,
    batch_ids: Sequence[str],
    *,
    command: str | None = None,
    form: Form,
    until: float = float("inf"),
) -> Exit:
    """Show each change of status until all batches have ended, or the time has come.

    Commands that run by then are waited for.
    """
    labels: dict[str, Label] = {}
    history: list[KnownBatch] = []
    expected: list[str] = []
    outcomes: dict[str, MessageBatch | TrioBatchesError] = {}
    if ledger is not None:
        labels = await ledger.labels(batch_ids)
        history = await ledger.batches(status="ended", limit=HISTORY)
        for status in ("in_progress", "canceling"):
            expected += [known.id for known in await ledger.batches(status=status)]
    table = WatchTable(labels, history)
    async with open_hidden_nursery() as drawing:
        if form == "table":
            drawing.start_soon(table.draw)
        async with open_hidden_nursery() as commands:
            telling = _Telling(table, labels, ledger, form, command, commands)
            with trio.CancelScope(deadline=until) as patience:
                outcomes = await watch_until_ended(
                    client, batch_ids, telling.changed, expected=expected
                )
        drawing.cancel_scope.cancel()
    if patience.cancelled_caught:
        return Exit.IN_PROGRESS
    if not outcomes:
        narrate("no batch is in progress")
    errors = [found for found in outcomes.values() if isinstance(found, TrioBatchesError)]
    for error in errors:
        narrate(sentence_of(error))
    return exit_of_all(errors)


@final
class _Telling:
    """Says what has changed, and runs the user's command for what has ended."""

    def __init__(  # noqa: PLR0913, PLR0917  # what it works with
        self,
        table: WatchTable,
        labels: Mapping[str, Label],
        ledger: Ledger | None,
        form: Form,
        command: str | None,
        nursery: trio.Nursery,
    ) -> None:
        self._table = table
        self._labels = labels
        self._ledger = ledger
        self._form = form
        self._command = command
        self._nursery = nursery
        self._limit: trio.CapacityLimiter = trio.CapacityLimiter(COMMANDS_AT_ONCE)

    async def changed(self, look: Polled) -> None:
        """Tell of a batch whose status has changed."""
        batch = look.batch
        self._table.note(batch)
        if self._form == "json":
            await write_objects([add_label(look.raw, self._labels.get(batch.id))])
        elif self._form == "words":
            narrate(_sentence(batch))
        if self._ledger is not None:
            await self._save(self._ledger, look)
        if batch.ended and stderr.is_terminal:
            stderr.bell()
        if batch.ended and self._command is not None:
            self._nursery.start_soon(self._execute, self._command, batch)

    async def _save(self, ledger: Ledger, look: Polled) -> None:
        """Write down what was seen; watching goes on where that cannot be done."""
        try:
            await ledger.save_batches([(look.batch, look.raw)])
        except StorageError as error:
            self._ledger = None
            narrate(f"{error}; watching on without the ledger")

    async def _execute(self, command: str, batch: MessageBatch) -> None:
        environment = {
            **os.environ,
            "BATCH_ID": batch.id,
            "BATCH_STATUS": batch.processing_status,
        }
        drawn = self._form == "table"  # what others write meanwhile would tear it apart
        async with self._limit:
            start = partial(  # noqa: S604  # the user's own command, for the user's shell
                trio.run_process, command, shell=True, check=False, env=environment
            )
            if drawn:
                done = await start(capture_stdout=True, stderr=subprocess.STDOUT)
            else:
                done = await start(stdout=sys.stderr.fileno())
        said = (done.stdout or b"").decode(errors="replace")
        if done.returncode:
            said += f"{batch.id}: the command of --exec exited with {done.returncode}\n"
        if drawn:
            self._table.say(said)
        elif done.returncode:
            narrate(said)


async def _open_ledger(stack: AsyncExitStack) -> Ledger | None:
    """Open the ledger if that can be done: watching does not need it."""
    try:
        return await stack.enter_async_context(open_ledger(Home()))
    except StorageError as error:
        narrate(f"{error}; watching without the ledger")
        return None


def _sentence(batch: MessageBatch) -> str:
    if batch.ended and batch.ended_at is not None:
        took = span(batch.ended_at - batch.created_at)
        return f"{batch.id} ended after {took}: {outcome_of(batch)}"
    left = span(batch.expires_at - datetime.now(UTC))
    return f"{batch.id} is {batch.processing_status}; it expires in {left}"


async def _running(client: Client) -> list[str]:
    listed = await list_recent(client)
    return [batch.id for batch, _ in listed.values() if not batch.ended]
