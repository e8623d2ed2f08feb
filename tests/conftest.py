"""Options of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--draw-pictures`."""
    parser.addoption(
        "--draw-pictures", action="store_true", help="draw the app's pictures anew, to look at"
    )
