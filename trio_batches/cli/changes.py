"""`cancel` and `delete`."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec
import trio

from trio_batches.cli.exit_codes import Exit, exit_of_all, sentence_of
from trio_batches.cli.ledger import ledger_if_any
from trio_batches.cli.options import folder_option, json_option, yes_option
from trio_batches.cli.question import confirm
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, write_line, write_objects
from trio_batches.client import Client
from trio_batches.errors import NotFoundError, TrioBatchesError
from trio_batches.jobs import for_each, remove
from trio_batches.store import Home

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from pathlib import Path

    from trio_batches.store import Ledger
    from trio_batches.types import DeletedMessageBatch, MessageBatch

__all__ = ("cancel", "delete")

T = TypeVar("T")

TELLING_SECONDS = 10.0

_INTERRUPTED = (
    "interrupted: what is told above is done; of the other batches some may be, too: "
    "run the same command again"
)


@click.command()
@click.argument("batch_ids", metavar="ID...", nargs=-1, required=True)
@yes_option
@json_option
def cancel(batch_ids: tuple[str, ...], *, yes: bool, as_json: bool) -> None:
    """Cancel batches; their requests that already run still finish."""
    confirm(f"Cancel {_these(batch_ids)}?", yes=yes)

    async def work() -> Exit:
        outcomes: dict[str, MessageBatch | TrioBatchesError] = {}

        async def tell() -> Exit:
            return await _report(
                batch_ids, outcomes, lambda batch: batch.processing_status, as_json=as_json
            )

        async with Client() as client, _telling_at_least(tell):
            await for_each(batch_ids, client.messages.batches.cancel, outcomes=outcomes)
        return await tell()

    run(work, when_interrupted=_INTERRUPTED, outlives_reader=True)


@click.command()
@click.argument("batch_ids", metavar="ID...", nargs=-1, required=True)
@folder_option
@click.option("--unverified", is_flag=True, help="Also without a verified copy of the results.")
@yes_option
@json_option
def delete(
    batch_ids: tuple[str, ...],
    folder: Path | None,
    *,
    unverified: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete ended batches and their results from the service, for good.

    A verified copy of the results must be in the folder, as `download` leaves it.
    """
    confirm(f"Delete {_these(batch_ids)} from the service, for good?", yes=yes)
    home = Home()
    results = folder or home.results

    async def work() -> Exit:
        outcomes: dict[str, DeletedMessageBatch | TrioBatchesError] = {}
        async with Client() as client, ledger_if_any(home) as ledger:

            async def settle() -> Exit:
                return await _settle(batch_ids, outcomes, ledger, as_json=as_json)

            async with _telling_at_least(settle):
                await for_each(
                    batch_ids,
                    lambda batch_id: remove(client, batch_id, results, unverified=unverified),
                    outcomes=outcomes,
                )
            return await settle()

    run(work, when_interrupted=_INTERRUPTED, outlives_reader=True)


async def _settle(
    batch_ids: Sequence[str],
    outcomes: dict[str, DeletedMessageBatch | TrioBatchesError],
    ledger: Ledger | None,
    *,
    as_json: bool,
) -> Exit:
    """Write down and tell what is deleted; each of the two also where the other fails."""
    try:
        if ledger is not None:
            await ledger.mark_gone(name for name, outcome in outcomes.items() if _is_gone(outcome))
    finally:
        code = await _report(batch_ids, outcomes, lambda _: "deleted", as_json=as_json)  # noqa: ASYNC102
    return code


@asynccontextmanager
async def _telling_at_least(tell: Callable[[], Awaitable[object]]) -> AsyncGenerator[None]:
    """Tell what is done where the block is cancelled, too; a reader that stalls is left."""
    try:
        yield
    except trio.Cancelled:
        with trio.move_on_after(TELLING_SECONDS, shield=True):
            await tell()
        raise


def _is_gone(outcome: object) -> bool:
    return isinstance(outcome, NotFoundError) or not isinstance(outcome, TrioBatchesError)


def _these(batch_ids: Sequence[str]) -> str:
    return batch_ids[0] if len(batch_ids) == 1 else f"{len(batch_ids):,} batches"


async def _report(
    batch_ids: Sequence[str],
    outcomes: dict[str, T | TrioBatchesError],
    describe: Callable[[T], str],
    *,
    as_json: bool,
) -> Exit:
    """Tell what came of batches, in their order, as far as it is known."""
    errors: list[TrioBatchesError] = []
    for batch_id in dict.fromkeys(batch_ids):
        if batch_id not in outcomes:
            continue
        outcome = outcomes[batch_id]
        if isinstance(outcome, TrioBatchesError):
            errors.append(outcome)
            narrate(sentence_of(outcome))
        elif as_json:
            await write_objects([msgspec.json.encode(outcome)])
        else:
            await write_line(f"{batch_id}\t{describe(outcome)}")
    return exit_of_all(errors)
