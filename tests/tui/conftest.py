"""Textual runs on asyncio."""

from __future__ import annotations

import pytest

from tui.screens.dialog import Dialog


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests of this directory on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let dialogs listen soon."""
    monkeypatch.setattr(Dialog, "QUIET", 0.01)
