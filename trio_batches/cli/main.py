"""The commands."""

from __future__ import annotations

import click

from trio_batches.cli.abandon import abandon_submission, list_open
from trio_batches.cli.batches import list_batches, show
from trio_batches.cli.changes import cancel, delete
from trio_batches.cli.demo import demo
from trio_batches.cli.download import download
from trio_batches.cli.ledger import label, ledger
from trio_batches.cli.models import models
from trio_batches.cli.resubmit import resubmit
from trio_batches.cli.results import results
from trio_batches.cli.simulate import simulate
from trio_batches.cli.submit import submit
from trio_batches.cli.verify import verify
from trio_batches.cli.view import view
from trio_batches.cli.watch import watch
from trio_batches.version import VERSION

__all__ = ("main",)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="trio-batches")
def main() -> None:
    """Message batches: list, download, verify, cancel, delete.

    The key comes from ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) in the
    environment, never from the command line; ANTHROPIC_BASE_URL names another
    service, such as the one that `trio-batches simulate` starts.

    \b
    Exit codes: 0 done, 1 unexpected, 2 usage, 3 not found or gone, 4 key refused,
    5 some failed (running again may help), 6 integrity, 7 interrupted (resumable),
    8 disk, 11 rate or spend limit, 12 still in progress.
    """  # noqa: D301  # click wants the character itself, to keep the lines


_COMMANDS = (
    list_batches,
    show,
    submit,
    watch,
    results,
    download,
    verify,
    resubmit,
    cancel,
    delete,
    label,
    models,
    ledger,
    view,
    simulate,
    demo,
)
for _command in (abandon_submission, list_open):
    ledger.add_command(_command)
for _command in _COMMANDS:
    main.add_command(_command)
