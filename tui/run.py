"""Run the app: its two event loops, the signals, and the exit code."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from tui.app import BatchesApp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.app import Options

__all__ = ("run", "run_app", "serve")

_CRASHED, _USAGE, _INTERRUPTED, _DISK = 1, 2, 7, 8
"""Exit codes of the command line."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(options: Options) -> int:
    """Show the app until the user leaves it, and return the exit code of the process."""
    app = BatchesApp(options)
    failure = asyncio.run(run_app(app, _freeze))
    gc.freeze()  # the process ends: nothing of this is worth looking at once more
    if failure is not None:
        return _tell(failure)
    return app.return_code or 0


async def run_app(
    app: BatchesApp, connected: Callable[[], None] = lambda: None
) -> Exception | None:
    """Run Textual here and Trio beside it; when one ends, so does the other."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        # Without a handler the process would die and leave the terminal as it is.
        loop.add_signal_handler(number, lambda: app.exit(return_code=_INTERRUPTED))
    backend = asyncio.create_task(serve(app, connected))
    try:
        await app.run_async(mouse=app.options.configuration.settings.mouse)
    finally:
        for number in _SIGNALS:  # the screen is gone: whoever asks once more waits for nothing
            loop.add_signal_handler(number, os._exit, _INTERRUPTED)
        backend.cancel()
        (outcome,) = await asyncio.gather(backend, return_exceptions=True)
    return _bare(outcome) if isinstance(outcome, Exception) else None


def _bare(failure: Exception) -> Exception:
    """Return what the engine's nursery has wrapped; several failures stay a group."""
    inner: Sequence[Exception] = getattr(failure, "exceptions", ())
    return _bare(inner[0]) if len(inner) == 1 else failure


async def serve(app: BatchesApp, connected: Callable[[], None] = lambda: None) -> None:
    """Start Trio once the first screen is drawn, and end the app if it fails.

    An app that shows a file needs no service.
    """
    if app.options.view is not None:
        return
    await app.drawn.wait()
    # Imported here: it loads Trio, which the first screen does not need.
    from tui.bridge import Bridge  # noqa: PLC0415

    async with Bridge(app.receive) as bridge:
        try:
            engine = await bridge.call(app.make_engine, bridge.publish)
            app.connect(bridge, engine)
            connected()
            await bridge.call(engine.run)
        except Exception:
            app.exit(return_code=_CRASHED)
            raise


def _freeze() -> None:
    """Spare the garbage collector what is loaded by now: it stays."""
    gc.collect()
    gc.freeze()


def _tell(failure: Exception) -> int:
    """Say why the app has ended, and return the exit code; a traceback is a bug."""
    from trio_batches import ConfigurationError, StorageError, one_line  # noqa: PLC0415

    if isinstance(failure, (ConfigurationError, StorageError)):
        sys.stderr.write(f"{one_line(str(failure))}\n")
        return _DISK if isinstance(failure, StorageError) else _USAGE
    traceback.print_exception(failure)
    return _CRASHED
