"""A simulated service, and an app or engine that uses it, in a home of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from trio_batches import Client
from trio_batches.simulator import World, open_simulator
from tui.app import BatchesApp, Options
from tui.config import Configuration
from tui.state.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

__all__ = ("app_of", "client_of")


def client_of(world: World) -> Callable[[], AbstractAsyncContextManager[Client]]:
    """Return what serves a world on a real socket and opens a client for it, under Trio."""

    @asynccontextmanager
    async def open_client() -> AsyncGenerator[Client]:
        async with (
            open_simulator(world) as simulator,
            Client(api_key="simulated-key", base_url=simulator.base_url) as client,
        ):
            yield client

    return open_client


def app_of(world: World, home: Path, *, read_only: bool = False) -> BatchesApp:
    """Return an app whose service is a simulated one."""
    configuration = Configuration(Settings(read_only=read_only))
    options = Options(home=home, open_client=client_of(world), configuration=configuration)
    return BatchesApp(options)
