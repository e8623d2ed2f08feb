"""The terminal in other hands for a while: a pager's, or the shell's screen."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Generator

    from textual.app import App

__all__ = ("Ended", "given_back")

_INTERRUPTED = 7
"""The exit code of the command line."""


class Ended(Exception):  # noqa: N818  # a request, no error
    """A signal asks the process to end, and nothing else runs that could see to it."""


@contextmanager
def given_back(app: App[object]) -> Generator[None]:
    """Leave the screen for the time of the block, which blocks Textual's loop.

    There, ctrl-c is for whatever program has the terminal. The process ends with the
    block where a signal asks for it or the terminal is gone: Textual would wait for ever
    to write to one that is.

    Raises:
        SuspendNotSupported: The terminal cannot be given back.
    """
    with app.suspend(), _signals():
        try:
            yield
        except Ended:
            os._exit(_INTERRUPTED)
        if not sys.__stdin__ or not sys.__stdin__.isatty():
            os._exit(_INTERRUPTED)


@contextmanager
def _signals() -> Generator[None]:
    """Let signals do what they do without a loop; it does not hear of them later either."""
    loops = signal.set_wakeup_fd(-1)
    before = {
        # Not SIG_IGN, which programs inherit.
        signal.SIGINT: signal.signal(signal.SIGINT, _go_on),
        signal.SIGTERM: signal.signal(signal.SIGTERM, _end),
        signal.SIGHUP: signal.signal(signal.SIGHUP, _end),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(loops)


def _go_on(*_: object) -> None:
    pass


def _end(*_: object) -> NoReturn:
    raise Ended
