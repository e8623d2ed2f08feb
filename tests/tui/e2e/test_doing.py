"""Download, cancel, delete and take back, as a user does it in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.tui.e2e.terminal import PROGRAM
from trio_batches import MessageBatch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.e2e.terminal import Terminal


@pytest.fixture
def listed(service: str) -> Listed:
    """Give what the service has, asked from outside of the app."""
    return Listed(service)


class Listed:
    """Asks the service with the command line."""

    def __init__(self, service: str) -> None:
        self._environment = {
            **os.environ,
            "ANTHROPIC_BASE_URL": service,
            "ANTHROPIC_API_KEY": "simulated-key",
        }

    def now(self) -> dict[str, MessageBatch]:
        """Return the batches of the service, newest first."""
        done = subprocess.run(
            [sys.executable, "-m", "trio_batches", "list", "--all", "--json"],
            check=True,
            capture_output=True,
            env=self._environment,
        )
        found = msgspec.json.Decoder(MessageBatch).decode_lines(done.stdout)
        return {batch.id: batch for batch in found}


def started(terminal: Terminal, only: str) -> None:
    """Start the app and show only some batches."""
    terminal.run(f"{PROGRAM}; echo left with $?")
    terminal.wait_for("updated")
    terminal.press("/")
    terminal.type(only)
    terminal.wait_for("esc clears")
    terminal.press("Enter")


def test_a_delete_is_asked_for_counted_down_and_taken_back(
    terminal: Terminal, listed: Listed
) -> None:
    before = listed.now()
    started(terminal, "status:ended age:<9d")

    terminal.press("Space", "Space", "C-d")
    assert "NONE of them has a verified copy" in terminal.wait_for("Delete 2 batches?")
    terminal.press("Enter")  # the focus is on Cancel
    terminal.wait_without("Delete 2 batches?")
    terminal.press("C-d")
    terminal.wait_for("Y    Delete")
    terminal.type("Y")
    terminal.wait_for("z takes it back")
    terminal.press("z")
    terminal.wait_for("nothing was sent")
    terminal.press("q")
    terminal.wait_for("left with 0")

    assert listed.now().keys() == before.keys()


def test_a_delete_that_nobody_takes_back_is_done_after_five_seconds(
    terminal: Terminal, listed: Listed
) -> None:
    before = listed.now()
    started(terminal, "status:ended age:>20d")

    terminal.press("C-d")
    terminal.wait_for("Y    Delete")
    terminal.type("Y")
    terminal.wait_for("z takes it back")
    assert listed.now().keys() == before.keys()
    terminal.wait_without("z takes it back")
    terminal.press("!")
    terminal.wait_for("1 of 1")
    terminal.press("q", "q")
    terminal.wait_for("left with 0")

    assert len(listed.now()) == len(before) - 1


def test_it_downloads_verifies_and_only_then_deletes(
    terminal: Terminal, listed: Listed, tmp_path: Path
) -> None:
    before = listed.now()
    started(terminal, "status:ended age:<9d copy:none")

    terminal.press("Space", "Space", "C-d")
    terminal.wait_for("y    Download, verify, then delete")
    terminal.type("y")
    terminal.wait_for("z takes it back")
    terminal.wait_without("z takes it back")
    terminal.press("!")
    terminal.wait_for("2 of 2")
    terminal.press("q", "q")
    terminal.wait_for("left with 0")

    gone = before.keys() - listed.now().keys()
    results = tmp_path / "home" / "results"
    assert len(gone) == 2
    assert {path.name for path in results.glob("msgbatch_*") if path.suffix != ".lock"} == {
        f"{batch_id}{ending}" for batch_id in gone for ending in (".jsonl", ".receipt.json")
    }


def test_a_batch_that_runs_is_cancelled_after_a_question(
    terminal: Terminal, listed: Listed
) -> None:
    running = [id_ for id_, batch in listed.now().items() if not batch.ended]
    started(terminal, "status:progress")

    terminal.press("c")
    terminal.wait_for("y    Cancel")
    terminal.type("y")
    terminal.wait_for("cancelling")
    terminal.press("q")
    terminal.wait_for("left with 0")

    now = listed.now()
    assert [id_ for id_ in running if now[id_].cancel_initiated_at is not None]


def test_results_open_and_a_record_in_them(terminal: Terminal) -> None:
    started(terminal, "status:ended total:>20 age:<9d")

    terminal.press("o")
    terminal.wait_for("request-0000")
    terminal.press("Enter")
    terminal.wait_for("stop reason")
    terminal.press("q")
    terminal.wait_without("stop reason")
    terminal.press("q")
    terminal.wait_for("esc clears")
    terminal.press("q")

    terminal.wait_for("left with 0")
