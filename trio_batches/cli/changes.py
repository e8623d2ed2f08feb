"""`cancel` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

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
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ("cancel", "delete")

T = TypeVar("T")


@click.command()
@click.argument("batch_ids", metavar="ID...", nargs=-1, required=True)
@yes_option
@json_option
def cancel(batch_ids: tuple[str, ...], *, yes: bool, as_json: bool) -> None:
    """Cancel batches; their requests that already run still finish."""
    confirm(f"Cancel {_these(batch_ids)}?", yes=yes)

    async def work() -> Exit:
        async with Client() as client:
            outcomes = await for_each(batch_ids, client.messages.batches.cancel)
        return await _report(outcomes, lambda batch: batch.processing_status, as_json=as_json)

    run(work, outlives_reader=True)


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
        async with Client() as client, ledger_if_any(home) as ledger:
            outcomes = await for_each(
                batch_ids,
                lambda batch_id: remove(client, batch_id, results, unverified=unverified),
            )
            code = await _report(outcomes, lambda _: "deleted", as_json=as_json)
            if ledger is not None:
                await ledger.mark_gone(filter(lambda name: _is_gone(outcomes[name]), outcomes))
        return code

    run(work, outlives_reader=True)


def _is_gone(outcome: object) -> bool:
    return isinstance(outcome, NotFoundError) or not isinstance(outcome, TrioBatchesError)


def _these(batch_ids: Sequence[str]) -> str:
    return batch_ids[0] if len(batch_ids) == 1 else f"{len(batch_ids):,} batches"


async def _report(
    outcomes: dict[str, T | TrioBatchesError], describe: Callable[[T], str], *, as_json: bool
) -> Exit:
    errors: list[TrioBatchesError] = []
    for batch_id, outcome in outcomes.items():
        if isinstance(outcome, TrioBatchesError):
            errors.append(outcome)
            narrate(sentence_of(outcome))
        elif as_json:
            await write_objects([msgspec.json.encode(outcome)])
        else:
            await write_line(f"{batch_id}\t{describe(outcome)}")
    return exit_of_all(errors)
