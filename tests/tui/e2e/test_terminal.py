"""Start, browse, suspend, resize, end: in a terminal as users have one."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.tui.e2e.terminal import PROGRAM

if TYPE_CHECKING:
    from tests.tui.e2e.terminal import Terminal


def started(terminal: Terminal) -> str:
    """Start the app and return its first whole screen."""
    terminal.run(f"{PROGRAM}; echo left with $?")
    terminal.wait_for("msgbatch_")
    return terminal.wait_for("updated")


def test_it_starts_filters_opens_and_leaves(terminal: Terminal) -> None:
    screen = started(terminal)
    assert "STATE" in screen

    terminal.press("/")
    terminal.type("status:progress")
    terminal.wait_for("of 40")
    terminal.press("Enter")
    terminal.press("Enter")
    assert "processing" in terminal.wait_for("Timeline")
    terminal.press("Escape")
    terminal.wait_for("of 40")
    terminal.press("Escape")
    terminal.wait_without("of 40")
    terminal.press("q")

    screen = terminal.wait_for("left with 0")
    assert "STATE" not in screen


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(
    terminal: Terminal, number: signal.Signals
) -> None:
    started(terminal)

    os.kill(terminal.pid_of("trio-batches"), number)

    screen = terminal.wait_for("left with 7")
    assert "STATE" not in screen
    terminal.run("echo the shell $((40 + 2)) works")
    terminal.wait_for("the shell 42 works")


def test_it_fits_every_size_that_the_terminal_takes(terminal: Terminal) -> None:
    started(terminal)

    for columns, lines in [(80, 24), (60, 15), (20, 6), (200, 50), (2, 2), (120, 36)]:
        terminal.resize(columns, lines)
        terminal.press("Down")

    assert "COPY" in terminal.wait_for("updated")


def test_it_comes_back_after_it_was_suspended(terminal: Terminal) -> None:
    terminal.run(PROGRAM)
    terminal.wait_for("updated")

    terminal.press("C-z")
    terminal.wait_for("Stopped")
    terminal.run("fg")

    assert "msgbatch_" in terminal.wait_for("updated")
