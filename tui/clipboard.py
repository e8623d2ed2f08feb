"""Text to the clipboard, by every way there is; and for terminals without one, to the screen."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tui.given_back import Ended, given_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App

__all__ = ("copy", "local_tool", "page", "print_out")

TERMINAL_CHARACTERS = 70_000
"""Of what is copied through the terminal: many drop more than 100 kB of Base64."""

TOOL_SECONDS = 5

_TOOLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
)
"""Programs that set the clipboard, and the variable without which each has none."""


def local_tool(environment: Mapping[str, str]) -> Sequence[str] | None:
    """Return the command that sets this machine's clipboard; None where there is none."""
    for variable, command in _TOOLS:
        if not variable or environment.get(variable):
            program = shutil.which(command[0], path=environment.get("PATH"))
            if program is not None:
                return (program, *command[1:])
    return None


async def copy(app: App[object], text: str) -> str:
    """Copy a text, through the terminal and by a local tool; return a sentence about it.

    A tool has some seconds, in a thread of its own.
    """
    ways: list[str] = []
    if len(text.encode(errors="replace")) <= TERMINAL_CHARACTERS:
        app.copy_to_clipboard(text.encode(errors="replace").decode())
        ways.append("the terminal")
    command = local_tool(os.environ)
    if command is not None and await asyncio.to_thread(_run_tool, command, text):
        ways.append(os.path.basename(command[0]))  # noqa: PTH119  # it is a string
    if ways:
        return f"copied {len(text):,} characters, through {' and '.join(ways)}"
    return "this is too long to be copied through the terminal: print it, or export the row"


def _run_tool(command: Sequence[str], text: str) -> bool:
    try:
        subprocess.run(  # noqa: S603  # one of those above
            command,
            input=text.encode(errors="replace"),
            stdout=subprocess.DEVNULL,  # what it forks must not hold ours
            stderr=subprocess.DEVNULL,
            timeout=TOOL_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def print_out(app: App[object], text: str) -> None:
    """Leave the screen, print a text where it can be selected, and come back after enter.

    Raises:
        SuspendNotSupported: The terminal cannot be given back.
    """
    from trio_batches import printable  # noqa: PLC0415  # it loads Trio

    with given_back(app):
        sys.stdout.write(f"{printable(text)}\n\n(enter goes back)")
        sys.stdout.flush()
        sys.stdin.readline()


def page(app: App[object], text: str) -> None:
    """Leave the screen and show a text in `$PAGER`, or `less`.

    Raises:
        SuspendNotSupported: The terminal cannot be given back.
        OSError: There is no such program.
    """
    from trio_batches import printable  # noqa: PLC0415  # it loads Trio

    command = shlex.split(os.environ.get("PAGER") or "less")
    with (
        given_back(app),
        subprocess.Popen(command, stdin=subprocess.PIPE) as pager,  # noqa: S603  # the user's own
    ):
        try:
            pager.communicate(printable(text).encode(errors="replace"))
        except Ended:
            pager.terminate()
            raise
