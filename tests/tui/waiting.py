"""Waiting for what a test waits for, however long it takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("wait_until",)


async def wait_until(condition: Callable[[], object]) -> None:
    """Let the app go on until something is so; fail where it is not within half a minute."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # anything may be waited for
            await asyncio.sleep(0.002)
