"""`verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.ledger import ledger_if_any
from trio_batches.cli.options import json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, write_line, write_objects
from trio_batches.jobs import verify as verify_files
from trio_batches.store import Home

if TYPE_CHECKING:
    from trio_batches.jobs import VerifyReport

__all__ = ("verify",)


@click.command()
@click.argument(
    "folder",
    metavar="[DIR]",
    required=False,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@json_option
def verify(folder: Path | None, *, as_json: bool) -> None:
    """Compare results files with their receipts; needs no key and no network.

    Size, hash, and the number of results of each type must be as they were when
    the file was downloaded. Without DIR, the results in the home.
    """
    home = Home()
    target = folder or home.results

    async def work() -> Exit:
        if not target.exists():
            narrate(f"{target}: there are no results yet")
            return Exit.DONE
        async with ledger_if_any(home) as ledger:
            report = await verify_files(target, ledger)
        await _print(report, as_json=as_json)
        return exit_of_report(report)

    run(work, when_interrupted="interrupted: nothing was changed", outlives_reader=True)


async def _print(report: VerifyReport, *, as_json: bool) -> None:
    for file in report.files.values():
        if as_json:
            await write_objects([msgspec.json.encode(file)])
        elif file.reason is not None:
            await write_line(f"{file.batch_id}\t{file.state}\t{file.reason}")
    bad = len(report.files) - report.count("verified", "unproven")
    parts = [
        f"{report.count('verified'):,} verified",
        f"{report.count('unproven'):,} without a receipt",
        f"{bad:,} not as they should be: delete what is there of them, and download them again",
    ]
    shown = ", ".join(part for part in parts if not part.startswith("0 "))
    narrate(f"{report.folder}: {shown or 'there are no results yet'}")


def exit_of_report(report: VerifyReport) -> Exit:
    """Return the exit code for what was found."""
    if not report.sound:
        return Exit.INTEGRITY
    return Exit.TRY_AGAIN if report.count("unproven") else Exit.DONE
