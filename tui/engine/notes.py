"""What the library notes while it works: its calls, retries, and what it does about trouble."""

from __future__ import annotations

import logging
from collections import deque
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, final

from typing_extensions import override

from tui.events import Note, NotesRead

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tui.events import Event

__all__ = ("Notes", "taking_notes")

KEPT = 1000
"""The latest so many are kept."""


@final
class Notes(logging.Handler):
    """Publishes the latest notes; without it they would be written across the screen.

    Args:
        publish: Takes an event to the screens, from any thread.

    Attributes:
        hear: Called with each note that is no mere call, too.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        super().__init__(logging.DEBUG)
        self._publish = publish
        self._kept: deque[Note] = deque(maxlen=KEPT)
        self._count = 0
        self.hear: Callable[[str], None] | None = None

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Take a note."""
        text = record.getMessage()
        is_call = record.levelno < logging.WARNING
        self._count += 1
        note = Note(number=self._count, at=datetime.now(UTC), text=text, is_call=is_call)
        self._kept.append(note)
        self._publish(NotesRead(tuple(self._kept)))
        if self.hear is not None and not is_call:
            self.hear(text)


@contextmanager
def taking_notes(notes: Notes) -> Generator[None]:
    """Let the library's notes go there, and nowhere else, for the length of the block."""
    logger = logging.getLogger("trio_batches")
    before = logger.propagate, logger.level
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(notes)
    try:
        yield
    finally:
        logger.removeHandler(notes)
        logger.propagate, level = before
        logger.setLevel(level)
