"""The simulator: a world behind a socket, or behind any stream."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import trio

from trio_batches.simulator.conversation import Conversation
from trio_batches.simulator.living import live

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from trio_batches.simulator.world import World

__all__ = ("Simulator", "open_simulator")

_HOST = "127.0.0.1"


class Simulator:
    """A world that answers HTTP.

    Args:
        world: What the answers come from.
        base_url: Where clients find it; only `open_simulator` gives it a socket.
    """

    def __init__(self, world: World, *, base_url: str = "http://simulator") -> None:
        self.world = world
        self.base_url = base_url

    async def handle(self, stream: trio.abc.Stream) -> None:
        """Serve one connection until it ends, and close it.

        A client that vanishes, stalls or does not speak HTTP ends its own
        connection quietly. Cancelling closes the connection at once.
        """
        self.world.clock.start()
        async with stream:
            await Conversation(self.world, stream).run()


@asynccontextmanager
async def open_simulator(
    world: World, *, port: int = 0, living: bool = False
) -> AsyncGenerator[Simulator]:
    """Serve a world on a socket of 127.0.0.1 for the length of the block.

    Leaving the block ends every connection. Exceptions cross it bare.

    Args:
        world: What is served.
        port: A free one if 0.
        living: Whether batches come and are cancelled meanwhile, as `live` lets them.

    Raises:
        OSError: The port is taken.
    """
    try:
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_tcp_listeners(port, host=_HOST)
            bound = listeners[0].socket.getsockname()[1]
            simulator = Simulator(world, base_url=f"http://{_HOST}:{bound}")
            world.clock.start()
            await nursery.start(partial(trio.serve_listeners, simulator.handle, listeners))
            if living:
                nursery.start_soon(live, world)
            yield simulator
            nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        errors = [error for error in group.exceptions if not isinstance(error, trio.Cancelled)]
        if len(errors) != 1:
            raise
        error = errors[0]
    else:
        return
    _raise_unchanged(error)


def _raise_unchanged(error: BaseException) -> NoReturn:
    """Raise an error without giving it a new `__context__`."""
    context = error.__context__
    try:
        raise error
    finally:
        error.__context__ = context
        del error, context
