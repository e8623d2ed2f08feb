"""The command line; without a command, in a terminal, it is the app."""

from __future__ import annotations

import os
import sys

__all__ = ("main",)


def main() -> None:
    """Run the command that the arguments name."""
    if len(sys.argv) == 1 and os.isatty(0) and os.isatty(1):
        # Imported here, as below: the app shows itself before it loads the library.
        from tui.start import start  # noqa: PLC0415

        sys.exit(start())
    if sys.argv[1:2] == ["view"]:  # which needs none of the other commands
        from trio_batches.cli.view import view  # noqa: PLC0415

        view.main(sys.argv[2:], prog_name="trio-batches view")
    from trio_batches.cli.main import main as commands  # noqa: PLC0415

    commands()
