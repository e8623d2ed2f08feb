"""The program as users start it: a process of its own, in a real terminal."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.tui.e2e.terminal import Terminal, open_terminal

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

BATCHES = 40


@pytest.fixture(scope="module")
def service() -> Generator[str]:
    """Start a simulated service of its own process and return its base URL."""
    words = [sys.executable, "-m", "trio_batches", "simulate", "--batches", str(BATCHES)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        process.terminate()


@pytest.fixture
def terminal(service: str, tmp_path: Path) -> Generator[Terminal]:
    """Open a terminal whose environment names the service and a home of its own."""
    environment = {
        "ANTHROPIC_BASE_URL": service,
        "ANTHROPIC_API_KEY": "simulated-key",
        "TRIO_BATCHES_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    with open_terminal(environment) as opened:
        yield opened
