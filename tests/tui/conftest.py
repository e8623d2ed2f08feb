"""Textual runs on asyncio."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests of this directory on asyncio."""
    return "asyncio"
