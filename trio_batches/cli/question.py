"""Ask before something that cannot be taken back."""

from __future__ import annotations

import os
import sys

import click

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.terminal import narrate

__all__ = ("confirm",)


def confirm(question: str, *, yes: bool, otherwise: str = "nothing was sent") -> None:
    """Ask, and end the process unless the answer is yes.

    Args:
        question: What is about to happen.
        yes: The user has said so already.
        otherwise: What to say if not.

    Raises:
        click.UsageError: There is nobody to ask.
    """
    if yes:
        return
    if not os.isatty(0):
        raise click.UsageError("there is no terminal to ask on: say --yes")
    try:
        sure = click.confirm(question, err=True)
    except click.Abort:  # Ctrl-C or Ctrl-D
        click.echo(err=True)
        sure = False
    if not sure:
        narrate(otherwise)
        sys.exit(Exit.INTERRUPTED)
