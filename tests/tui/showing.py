"""An app on a headless terminal, with its engine."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.tui.waiting import wait_until
from tui.run import serve
from tui.screens.batches import BatchesScreen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from textual.pilot import Pilot

    from tui.app import BatchesApp

__all__ = ("shown",)


@asynccontextmanager
async def shown(
    app: BatchesApp, size: tuple[int, int] = (120, 36)
) -> AsyncGenerator[tuple[BatchesScreen, Pilot[None]]]:
    """Run an app with its engine until the service has answered."""
    async with app.run_test(size=size) as pilot:
        backend = asyncio.create_task(serve(app))
        try:
            await wait_until(lambda: app.link is not None and app.link.state != "connecting")
            screen = app.screen
            assert isinstance(screen, BatchesScreen)
            yield screen, pilot
        finally:
            backend.cancel()
            await asyncio.gather(backend, return_exceptions=True)
