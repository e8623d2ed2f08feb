"""What cannot be gone on with is said when the terminal is the shell's again."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from tests.tui.e2e.terminal import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.e2e.terminal import Terminal


def test_a_ledger_of_a_newer_version_is_refused_in_a_sentence(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.run(f"{PROGRAM} ledger rebuild; echo made with $?")
    terminal.wait_for("made with 0")
    with sqlite3.connect(tmp_path / "home" / "ledger.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()

    terminal.run(f"clear; {PROGRAM}; echo left with $?")

    screen = terminal.wait_for("left with 8")
    assert "999" in screen
    assert "Traceback" not in screen


def test_a_home_that_cannot_be_made_is_told_in_a_sentence(terminal: Terminal) -> None:
    terminal.run("clear; TRIO_BATCHES_HOME=/dev/null/home " + PROGRAM + "; echo left with $?")

    screen = terminal.wait_for("left with 8")
    assert "/dev/null/home" in screen.replace("\n", "")
    assert "Traceback" not in screen
