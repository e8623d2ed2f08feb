"""`resubmit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.options import LabelText, folder_option, json_option
from trio_batches.cli.run import run
from trio_batches.cli.submit import interrupted_submission, report_submission
from trio_batches.cli.terminal import narrate, print_table, write_objects
from trio_batches.cli.watch import output_form, watch_batches
from trio_batches.client import Client
from trio_batches.jobs import Resubmission
from trio_batches.jobs import resubmit as resubmit_requests
from trio_batches.store import Home, open_ledger

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("resubmit",)


@click.command()
@click.argument("batch_ids", metavar="ID...", nargs=-1, required=True)
@click.option("--include-invalid", is_flag=True, help="Also requests that were refused as invalid.")
@click.option("--again", is_flag=True, help="Also requests that were sent again before.")
@click.option(
    "--label",
    type=LabelText(),
    help="Your name for the new batches; by default that of the old ones.",
)
@folder_option
@click.option("--dry-run", is_flag=True, help="Only count what would be sent.")
@click.option("--wait", is_flag=True, help="Wait until the new batches have ended.")
@json_option
def resubmit(  # noqa: PLR0913  # one argument for each option
    batch_ids: tuple[str, ...],
    label: str | None,
    folder: Path | None,
    *,
    include_invalid: bool,
    again: bool,
    dry_run: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Send what failed, expired or was cancelled again, as new batches.

    The requests come from the inputs that `submit` kept. What was answered, and
    what an earlier resubmission has sent, is left out. Requests that the service
    refused as invalid fail again, so they are sent with --include-invalid only.
    """
    job = Resubmission(tuple(dict.fromkeys(batch_ids)))

    async def work() -> Exit:
        home = Home()
        async with Client() as client, open_ledger(home) as ledger:
            await resubmit_requests(
                client,
                ledger,
                home,
                batch_ids,
                include_invalid=include_invalid,
                again=again,
                dry_run=dry_run,
                label=label,
                folder=folder,
                progress=job,
            )
            if dry_run:
                return await _print_plan(job, as_json=as_json)
            _narrate(job)
            if not job.requests:
                return Exit.DONE
            code = await report_submission(job.submission, as_json=as_json)
            if wait and job.submission.batch_ids and code is Exit.DONE:
                code = await watch_batches(
                    client, ledger, job.submission.batch_ids, form=output_form(as_json=as_json)
                )
        return code

    run(
        work,
        outlives_reader=True,
        when_interrupted=lambda: interrupted_submission(
            job.submission, "`trio-batches submit --resume` goes on"
        ),
    )


async def _print_plan(job: Resubmission, *, as_json: bool) -> Exit:
    if as_json:
        plan = {
            "parents": job.parents,
            "requests": job.requests,
            "kinds": job.kinds,
            "invalid": job.invalid,
            "sent_before": job.sent_before,
        }
        await write_objects([msgspec.json.encode(plan)])
        return Exit.DONE
    rows = [(kind, f"{count:,} requests") for kind, count in sorted(job.kinds.items())]
    rows.append(("all", f"{job.requests:,} requests"))
    await print_table(("what", "how much"), rows)
    _narrate(job)
    return Exit.DONE


def _narrate(job: Resubmission) -> None:
    if job.invalid:
        narrate(
            f"{job.invalid:,} requests are left out, since the service refused them as invalid: "
            f"mend and submit them, or say --include-invalid"
        )
    if job.sent_before:
        narrate(f"{job.sent_before:,} requests are left out, since they were sent again before")
    if not job.requests:
        narrate("nothing to send again")
