"""The commands."""

from __future__ import annotations

import sys

import click
from typing_extensions import override

from trio_batches.cli.abandon import abandon_submission, list_open
from trio_batches.cli.app_options import app_options, is_terminal, need_terminal
from trio_batches.cli.batches import list_batches, show
from trio_batches.cli.changes import cancel, delete
from trio_batches.cli.config import config
from trio_batches.cli.demo import demo
from trio_batches.cli.download import download
from trio_batches.cli.exit_codes import Exit, exit_of, sentence_of
from trio_batches.cli.ledger import label, ledger
from trio_batches.cli.models import models
from trio_batches.cli.resubmit import resubmit
from trio_batches.cli.results import results
from trio_batches.cli.simulate import simulate
from trio_batches.cli.submit import submit
from trio_batches.cli.terminal import narrate
from trio_batches.cli.verify import verify
from trio_batches.cli.view import view
from trio_batches.cli.watch import watch
from trio_batches.errors import TrioBatchesError
from trio_batches.version import VERSION

__all__ = ("main",)


class _Commands(click.Group):
    @override
    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what it fails with before its work begins is a line, too."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:  # of which click would make exit code 1
            narrate("interrupted")
            sys.exit(Exit.INTERRUPTED)
        except TrioBatchesError as error:
            narrate(sentence_of(error))
            sys.exit(exit_of(error))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(VERSION, prog_name="trio-batches")
@app_options
@click.pass_context
def main(context: click.Context, /, **flags: object) -> None:
    """Message batches: list, download, verify, cancel, delete.

    Without a command, in a terminal, it is an app that does all of it.

    The key comes from ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) in the
    environment, never from the command line; ANTHROPIC_BASE_URL names another
    service, such as the one that `trio-batches simulate` starts.

    \b
    Exit codes: 0 done, 1 unexpected, 2 usage, 3 not found or gone, 4 key refused,
    5 some failed (running again may help), 6 integrity, 7 interrupted (resumable),
    8 disk, 11 rate or spend limit, 12 still in progress.

    \b
    Shell completion: eval "$(_TRIO_BATCHES_COMPLETE=bash_source trio-batches)"
    in ~/.bashrc; zsh_source and fish_source for zsh and fish.
    """  # noqa: D301  # click wants the character itself, to keep the lines
    said = [name for name, value in flags.items() if value is not None]
    if context.invoked_subcommand is not None:
        if said:
            flag = f"--{said[0].replace('_', '-')}"
            raise click.UsageError(
                f"{flag} is the app's: say it without a command, or after `demo`"
            )
        return
    if not said and not is_terminal():
        click.echo(context.get_help(), err=True)
        context.exit(Exit.USAGE)
    need_terminal()
    # Imported here: the commands do without the app.
    from tui.start import start  # noqa: PLC0415

    sys.exit(start(flags=flags))


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
    config,
    simulate,
    demo,
)
for _command in (abandon_submission, list_open):
    ledger.add_command(_command)
for _command in _COMMANDS:
    main.add_command(_command)
