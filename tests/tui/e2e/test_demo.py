"""`demo`, and the settings that the app starts with, in a real terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.e2e.terminal import PROGRAM, Terminal, open_terminal

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@pytest.fixture
def alone(tmp_path: Path) -> Generator[Terminal]:
    """Open a terminal without key or service; what is temporary goes into a folder of its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    environment = {
        "TMPDIR": str(folder),
        "HOME": str(tmp_path),
        "TRIO_BATCHES_CONFIG": str(tmp_path / "config.toml"),
    }
    (tmp_path / "config.toml").touch()
    with open_terminal(environment) as opened:
        yield opened


def test_the_demo_needs_nothing_and_leaves_nothing(alone: Terminal, tmp_path: Path) -> None:
    alone.run(f"{PROGRAM} demo --theme light; echo left with $?")
    alone.wait_for("✓ verified")
    screen = alone.wait_for("support-triage")
    assert "in progress" in screen
    assert len(list((tmp_path / "temporary").iterdir())) == 1

    alone.press("q")
    alone.wait_for("left with 0")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / ".local").exists()


def test_a_mistake_in_the_file_ends_it_before_it_begins(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('\n[keys]\n"batch.download" = "q"\n')

    alone.run(f"{PROGRAM}; echo left with $?")

    screen = alone.wait_for("left with 2")
    # The terminal has broken the line wherever it was full.
    said = "".join(screen.split())
    assert "config.toml,line3:keys.batch.download:qisapp.leave's(Leave)too" in said
    assert "STATE" not in screen


def test_keys_of_the_file_and_flags_of_the_line_reach_the_app(
    alone: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text('[keys]\n"app.help" = "f9"\n')

    alone.run(f"{PROGRAM} demo --read-only; echo left with $?")
    alone.wait_for("read-only")
    alone.press("F9")
    alone.wait_for("This pane")
