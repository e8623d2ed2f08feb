"""One thread for work that comes in steps: what stands in line takes turns."""

from __future__ import annotations

import threading
from typing import Protocol, final

__all__ = ("Background", "Work")

IDLE_SECONDS = 0.25
"""Between two looks at whether a file has grown."""

CLOSING_SECONDS = 1.0
"""Until a step that does not end, such as a match of an unhappy expression, is left behind."""


class Work(Protocol):
    """Something long, cut into steps of a few milliseconds."""

    def step(self) -> bool:
        """Do a piece; return whether there is more to do now."""
        ...


@final
class Background:
    """Runs the steps of all its work, in turn, in a thread of its own."""

    def __init__(self) -> None:
        self._works: tuple[Work, ...] = ()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.trouble: str = ""
        """What stopped a piece of work: the disk's words, mostly."""

    def add(self, work: Work) -> None:
        """Begin to work on something, until it is removed; while idle, it is asked again."""
        if self._closed:
            return
        with self._lock:
            self._works = (*self._works, work)
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="results", daemon=True)
            self._thread.start()

    def remove(self, work: Work | None) -> None:
        """Stop working on something; a step that has begun is ended."""
        with self._lock:
            self._works = tuple(one for one in self._works if one is not work)

    def close(self) -> None:
        """Stop everything, and wait until the step that has begun is ended, but not for long."""
        self._closed = True
        with self._lock:
            self._works = ()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS)

    def _run(self) -> None:
        while not self._closed:
            self._wake.clear()
            if not self._turn():
                self._wake.wait(IDLE_SECONDS)

    def _turn(self) -> bool:
        busy = False
        for work in self._works:
            try:
                busy = work.step() or busy
            except Exception as exc:  # noqa: BLE001  # the thread serves the others
                self.trouble = str(exc) or type(exc).__name__
                self.remove(work)
        return busy
