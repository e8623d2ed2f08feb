"""What this session did: every call of the service, and every job, as rows of a table."""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, final

from tui.state.rows import Cell, Column, Key, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.events import Note

__all__ = ("Activity", "Deed", "command_of_call")

KEPT = 5000
"""The oldest go when there are more."""

COLUMNS = (
    Column("time", "TIME", 8),
    Column("what", "WHAT", 24, grows=True),
    Column("outcome", "OUTCOME", 15, rank=2),
    Column("command", "COMMAND THAT DOES THE SAME", 26, grows=True, rank=1),
)

_FINE = ("1", "2")  # what the status of a call that went well begins with

_ORIGIN = re.compile(r"(?<=^GET )https?://[^/]*")  # results are asked for by their whole URL

_ID = r"([^/?]+)"
_COMMANDS = (
    (rf"GET /v1/messages/batches/{_ID}/results", r"trio-batches results \1"),
    (rf"POST /v1/messages/batches/{_ID}/cancel", r"trio-batches cancel \1"),
    (rf"DELETE /v1/messages/batches/{_ID}", r"trio-batches delete \1"),
    (rf"GET /v1/messages/batches/{_ID}", r"trio-batches show \1"),
    (r"GET /v1/messages/batches(\?.*)?", "trio-batches list"),
    (r"POST /v1/messages/batches", "trio-batches submit FILE"),
    (r"GET /v1/models.*", "trio-batches models"),
)


class Deed(NamedTuple):
    """Something that was done.

    Attributes:
        number: Counts up from 0.
        at: When it was done, in local time.
        what: A call of the service, or in words; untrusted text may be in it.
        outcome: A call's status and how long it took.
        tone: Whether it went well.
        command: A command line that does the same; none if empty.
    """

    number: int
    at: datetime
    what: str
    outcome: str
    tone: Tone
    command: str


@final
class Activity:
    """Rows of deeds, the latest first."""

    columns: Sequence[Column] = COLUMNS

    def __init__(self) -> None:
        self._deeds: deque[Deed] = deque(maxlen=KEPT)
        self._shown: list[Deed] = []
        self._count = 0
        self._noted = 0

    def add(self, what: str, *, tone: Tone = "", command: str = "") -> None:
        """Write down that something was done."""
        self._append(datetime.now(UTC), what, "", tone, command)

    def absorb(self, notes: Iterable[Note]) -> None:
        """Write down what the library has noted since the last time."""
        for note in notes:
            if note.number <= self._noted:
                continue
            self._noted = note.number
            if not note.is_call:
                self._append(note.at, note.text, "", "warn", "")
                continue
            call, _, outcome = note.text.rpartition(": ")
            call = _ORIGIN.sub("", call)
            tone: Tone = "good" if outcome[:1] in _FINE else "bad"
            self._append(note.at, call, outcome, tone, command_of_call(call))

    def _append(self, at: datetime, what: str, outcome: str, tone: Tone, command: str) -> None:
        self._deeds.append(Deed(self._count, at.astimezone(), what, outcome, tone, command))
        self._count += 1

    def look(self) -> bool:
        """Let the rows be what was done until now; tell whether there is anything new."""
        if self._shown and self._shown[0].number == self._count - 1:
            return False
        self._shown = list(self._deeds)[::-1]
        return bool(self._shown)

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._shown)

    def __len__(self) -> int:
        """Return how many are shown: all."""
        return len(self._shown)

    def deed(self, key: Key) -> Deed | None:
        """Return what a key stands for, if it is still kept."""
        row = self.row_of(key)
        return None if row is None else self._shown[row]

    def key(self, row: int) -> Key:
        """Return a row's number."""
        return self._shown[row].number

    def row_of(self, key: Key) -> int | None:
        """Return the row of a number."""
        if not self._shown or not isinstance(key, int):
            return None
        row = self._shown[0].number - key
        return row if 0 <= row < len(self._shown) else None

    def knows(self, key: Key) -> bool:
        """Tell whether a number is still kept."""
        return self.row_of(key) is not None

    def cells(self, row: int) -> Sequence[Cell]:
        """Return a row's cells."""
        deed = self._shown[row]
        return (
            Cell(f"{deed.at:%H:%M:%S}", "dim"),
            Cell(deed.what, "" if deed.outcome else deed.tone),
            Cell(deed.outcome, deed.tone),
            Cell(deed.command, "dim"),
        )


def command_of_call(call: str) -> str:
    """Return the command that makes a call of the service; empty if none does."""
    for pattern, command in _COMMANDS:
        found = re.fullmatch(pattern, call)
        if found:
            return found.expand(command)
    return ""
