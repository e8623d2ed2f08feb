"""The command line; without a command, in a terminal, it is the app."""

from __future__ import annotations

import os
import sys

__all__ = ("main",)


_INTERRUPTED = 7
"""The exit code; what names it takes a while to load."""


def main() -> None:
    """Run the command that the arguments name."""
    _open_outputs()
    try:
        _run()
    except KeyboardInterrupt:  # before a command's work has begun, which hears of signals itself
        sys.stderr.write("interrupted\n")
        sys.exit(_INTERRUPTED)


def _run() -> None:
    if len(sys.argv) == 1 and os.isatty(0) and os.isatty(1):
        # Imported here, as below: the app shows itself before it loads the library.
        from tui.start import start  # noqa: PLC0415

        sys.exit(start())
    if sys.argv[1:2] == ["view"]:  # which needs none of the other commands
        from trio_batches.cli.view import view  # noqa: PLC0415

        view.main(sys.argv[2:], prog_name="trio-batches view")
    from trio_batches.cli.main import main as commands  # noqa: PLC0415

    commands()


def _open_outputs() -> None:
    """Give an output that is closed to nobody: else the next file opened gets its number."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            nobody = os.open(os.devnull, os.O_WRONLY)
            if nobody != number:
                os.dup2(nobody, number)
                os.close(nobody)
            setattr(sys, name, open(number, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
