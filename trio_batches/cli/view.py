"""`view`: the app on a results file, without a key or a network."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import click

from trio_batches.cli.app_options import app_options, need_terminal

__all__ = ("view",)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(path_type=Path))
@app_options
def view(file: Path, **flags: object) -> None:
    """Browse a results file, however large: plain, .gz or .zst.

    It is read while it is shown, also a part that a download is still writing.
    `enter` opens a result, `/` filters, `?` shows all keys.
    """
    _check(file)
    need_terminal()
    from tui.app import Options  # noqa: PLC0415  # Textual is loaded for this command only
    from tui.start import start  # noqa: PLC0415

    sys.exit(start(Options(view=file.absolute()), flags))


def _check(file: Path) -> None:
    """Refuse what the app could only show an error for."""
    try:
        mode = file.stat().st_mode
    except OSError as exc:
        raise click.UsageError(f"{file}: {exc.strerror}") from None
    if stat.S_ISDIR(mode):
        raise click.UsageError(
            f"{file} is a folder: name a results file in it, such as {file}/<batch id>.jsonl"
        )
    if not stat.S_ISREG(mode):
        raise click.UsageError(f"{file} is no regular file: write it to one first")
    if not os.access(file, os.R_OK):
        raise click.UsageError(f"{file}: not ours to read")
