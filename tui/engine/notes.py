"""What the library notes while it works: retries, and what it does about trouble."""

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

KEPT = 500
"""The latest so many are kept."""


@final
class Notes(logging.Handler):
    """Publishes the latest notes; without it they would be written across the screen.

    Args:
        publish: Takes an event to the screens, from any thread.

    Attributes:
        hear: Called with each note, too.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        super().__init__(logging.WARNING)
        self._publish = publish
        self._kept: deque[Note] = deque(maxlen=KEPT)
        self.hear: Callable[[str], None] | None = None

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Take a note."""
        text = record.getMessage()
        self._kept.append(Note(at=datetime.now(UTC), text=text))
        self._publish(NotesRead(tuple(self._kept)))
        if self.hear is not None:
            self.hear(text)


@contextmanager
def taking_notes(notes: Notes) -> Generator[None]:
    """Let the library's notes go there, and nowhere else, for the length of the block."""
    logger = logging.getLogger("trio_batches")
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(notes)
    try:
        yield
    finally:
        logger.removeHandler(notes)
        logger.propagate = propagated
