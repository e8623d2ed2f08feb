"""What runs under Trio."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests of this directory on Trio."""
    return "trio"
