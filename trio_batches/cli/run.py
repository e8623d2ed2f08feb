"""Run a command's work under Trio: signals, errors and exit codes in one place."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import trio

from trio_batches.cli.exit_codes import Exit, exit_of, sentence_of
from trio_batches.cli.terminal import narrate, narrate_warnings, outlive_reader, silence_stdout
from trio_batches.errors import InvalidRequestsError, TrioBatchesError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

__all__ = ("run",)

_SIGNALS = (signal.SIGINT, signal.SIGHUP)


def run(
    work: Callable[[], Awaitable[Exit]],
    *,
    when_interrupted: str | Callable[[], str] = "interrupted: nothing was left half-done",
    outlives_reader: bool = False,
) -> NoReturn:
    """Run a command's work and end the process with its exit code.

    The first signal cancels the work, which then cleans up; a second one ends
    the process at once.

    Args:
        work: Returns the exit code.
        when_interrupted: What to say after a signal, or what tells it then.
        outlives_reader: It does more than to write to stdout: where nobody reads that
            any more, it goes on, says what failed, and ends with its own exit code.
    """
    outlive_reader(outlives_reader)
    narrate_warnings()
    gc.freeze()  # what is loaded by now stays: a full collection of it stalls the work
    sys.exit(trio.run(_run, work, when_interrupted))


async def _run(
    work: Callable[[], Awaitable[Exit]], when_interrupted: str | Callable[[], str]
) -> Exit:
    code = Exit.INTERRUPTED
    # What whoever started this process has it ignore, like `nohup`, stays ignored.
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    with trio.open_signal_receiver(signal.SIGTERM, *heeded) as signals:
        async with trio.open_nursery() as nursery:
            scope = trio.CancelScope()
            nursery.start_soon(_obey, signals, scope)
            with scope:
                code = await _guard(work)
            nursery.cancel_scope.cancel()
    if code is Exit.INTERRUPTED:
        narrate(when_interrupted if isinstance(when_interrupted, str) else when_interrupted())
    return code


async def _guard(work: Callable[[], Awaitable[Exit]]) -> Exit:
    try:
        return await work()
    except InvalidRequestsError as error:
        for fault in error.faults:
            narrate(fault)
        narrate(f"{len(error.faults):,} faults: nothing was sent")
        return exit_of(error)
    except TrioBatchesError as error:
        narrate(sentence_of(error))
        return exit_of(error)
    except BrokenPipeError:
        silence_stdout()
        return Exit.DONE


async def _obey(signals: AsyncIterator[int], scope: trio.CancelScope) -> None:
    async for _ in signals:
        if scope.cancel_called:
            os._exit(Exit.INTERRUPTED)
        scope.cancel()
