"""`trio-batches view`, in a terminal as users have one."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.tui.e2e.terminal import PROGRAM
from tests.tui.result_lines import errored, succeeded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.e2e.terminal import Terminal


@pytest.fixture
def command(tmp_path: Path) -> str:
    path = tmp_path / "results.jsonl"
    path.write_bytes(
        b"".join(succeeded(f"id-{number}", f"Answer {number}.") for number in range(500))
        + errored("the-failure")
        + succeeded("steers", "\x1b[2J\x1b]0;title\x07 [red]harmless[/red]")
    )
    return f"{PROGRAM} view {path}; echo left with $?"


def test_results_are_browsed_filtered_read_and_left(terminal: Terminal, command: str) -> None:
    terminal.run(command)
    terminal.wait_for("501 succeeded")

    terminal.press("e")
    terminal.wait_for("the-failure")
    terminal.press("G")
    terminal.wait_for("␛[2J␛]0;title␇ [red]harmless")
    terminal.press("/")
    terminal.type('"Answer 42"')
    terminal.wait_for("11 of 502")
    terminal.press("Enter")
    terminal.wait_for("⏎ Open")
    terminal.press("Enter")
    assert "Answer 42" in terminal.wait_for("stop reason: end_turn")
    terminal.press("Escape")
    terminal.wait_for("11 of 502")
    terminal.press("Escape")
    terminal.wait_without("of 502")
    terminal.press("q")

    terminal.wait_for("left with 0")


def test_a_signal_ends_it_and_gives_the_terminal_back(terminal: Terminal, command: str) -> None:
    terminal.run(command)
    terminal.wait_for("CUSTOM ID")

    os.kill(terminal.pid_of("trio-batches"), signal.SIGTERM)

    screen = terminal.wait_for("left with 7")
    assert "CUSTOM ID" not in screen


def test_no_file_is_told_before_anything_is_drawn(terminal: Terminal) -> None:
    terminal.run(f"{PROGRAM} view missing.jsonl; echo left with $?")

    assert "missing.jsonl: No such file" in terminal.wait_for("left with 2")
