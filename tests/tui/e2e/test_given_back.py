"""Signals while a pager has the terminal, or while a text is printed to it."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING

import pytest

from tests.tui.e2e.terminal import PATIENCE, PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.e2e.terminal import Terminal

TO_THE_PAGER = ("End", "Enter")
TO_THE_SCREEN = ("End", "Up", "Enter")


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """Make a program that shows what it gets until a line is typed."""
    path = tmp_path / "pager"
    path.write_text("#!/bin/sh\ncat\necho the pager waits\nread line </dev/tty\n")
    path.chmod(0o700)
    return str(path)


def given(terminal: Terminal, pager: str, keys: tuple[str, ...]) -> int:
    """Start the app, give the terminal away, and return the app's process."""
    terminal.run(f"clear; PAGER={pager} {PROGRAM}; echo left with $?")
    terminal.wait_for("updated")
    terminal.press("y")
    terminal.wait_for("in $PAGER")
    terminal.press(*keys)
    terminal.wait_for("the pager waits" if keys == TO_THE_PAGER else "enter goes back")
    return terminal.pid_of("trio-batches")


def test_ctrl_c_ends_the_pager_and_not_the_app(terminal: Terminal, pager: str) -> None:
    given(terminal, pager, TO_THE_PAGER)

    terminal.press("C-c")

    terminal.wait_for("updated")
    terminal.press("q")
    terminal.wait_for("left with 0")


def test_ctrl_c_ends_nothing_while_a_text_is_printed(terminal: Terminal, pager: str) -> None:
    given(terminal, pager, TO_THE_SCREEN)

    terminal.press("C-c", "Enter")

    terminal.wait_for("updated")
    terminal.press("q")
    terminal.wait_for("left with 0")


@pytest.mark.parametrize("keys", [TO_THE_PAGER, TO_THE_SCREEN])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_app_meanwhile(
    terminal: Terminal, pager: str, keys: tuple[str, ...], number: signal.Signals
) -> None:
    os.kill(given(terminal, pager, keys), number)

    terminal.wait_for("left with 7")
    terminal.run("echo the shell $((40 + 2)) works")
    terminal.wait_for("the shell 42 works")


@pytest.mark.parametrize("keys", [TO_THE_PAGER, TO_THE_SCREEN])
def test_the_app_ends_with_its_terminal(
    terminal: Terminal, pager: str, keys: tuple[str, ...]
) -> None:
    app = os.pidfd_open(given(terminal, pager, keys))

    terminal.tmux("new-session", "-d")  # keeps the server
    terminal.tmux("kill-session", "-t", "0")

    assert select.select([app], [], [], PATIENCE)[0]
    os.close(app)
