"""Sentences for the user, shown on whatever screen there is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.state.plain import plain_line

if TYPE_CHECKING:
    from collections.abc import Generator

    from tui.app import BatchesApp

__all__ = ("complaining", "say")


@contextmanager
def complaining(app: BatchesApp) -> Generator[None]:
    """Let what goes wrong be a sentence on the screen, and not the end of the app."""
    from trio_batches import TrioBatchesError  # noqa: PLC0415  # it loads Trio

    try:
        yield
    except TrioBatchesError as error:
        say(app, str(error), wrong=True)


def say(app: BatchesApp, sentence: str, *, wrong: bool = False) -> None:
    """Show a sentence, which may come from elsewhere, for some seconds."""
    app.notify(plain_line(sentence), severity="error" if wrong else "information", markup=False)
