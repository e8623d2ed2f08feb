"""A real terminal: tmux, with a shell in it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

__all__ = ("PROGRAM", "Terminal", "open_terminal")

PROGRAM = f"{shlex.quote(str(Path(sys.executable).with_name('trio-batches')))}"
PROMPT = "ready> "
PATIENCE = 15.0
"""Seconds; what does not happen in them is not going to."""


@final
class Terminal:
    """A shell in a terminal of some size, driven by keys and read as text."""

    def __init__(self, socket: str) -> None:
        self._socket = socket

    def tmux(self, *words: str) -> str:
        """Run a command of tmux and return what it prints."""
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words],  # noqa: S607  # from the path, as users do
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text as it is."""
        self.tmux("send-keys", "-l", text)

    def run(self, command: str) -> None:
        """Let the shell run a command."""
        self.type(command)
        self.press("Enter")

    def text(self) -> str:
        """Return what is on the screen."""
        return self.tmux("capture-pane", "-p")

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        self.tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def wait_for(self, text: str) -> str:
        """Wait until a text is on the screen, and return the screen."""
        return self._wait(text, there=True)

    def wait_without(self, text: str) -> str:
        """Wait until a text is not on the screen, and return the screen."""
        return self._wait(text, there=False)

    def _wait(self, text: str, *, there: bool) -> str:
        deadline = time.monotonic() + PATIENCE
        while (text in (screen := self.text())) != there:
            if time.monotonic() > deadline:
                raise AssertionError(f"{text!r} is {'not' * there} on the screen:\n{screen}")
            time.sleep(0.02)  # tmux tells nobody that its screen has changed
        return screen

    def pid_of(self, program: str) -> int:
        """Return the process that runs a program in this terminal."""
        shell = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        done = subprocess.run(
            ["pgrep", "-P", shell, "-f", program],  # noqa: S607  # from the path
            check=True,
            capture_output=True,
            text=True,
        )
        return int(done.stdout.split()[0])


@contextmanager
def open_terminal(
    environment: Mapping[str, str], *, columns: int = 120, lines: int = 36
) -> Generator[Terminal]:
    """Open a terminal with a shell in it; leaving the block ends all that runs there."""
    terminal = Terminal(f"trio-batches-{uuid4().hex}")
    settings = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "TERM": "tmux-256color",
        "COLORTERM": "truecolor",
        **environment,
    }
    words = [f"{name}={value}" for name, value in settings.items()]
    shell = f"env -i {shlex.join(words)} PS1={shlex.quote(PROMPT)} bash --norc --noprofile -i"
    terminal.tmux(
        "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines), shell
    )
    try:
        terminal.wait_for(PROMPT.strip())
        yield terminal
    finally:
        terminal.tmux("kill-server")
