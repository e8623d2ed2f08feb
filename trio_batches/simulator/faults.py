"""Faults as data: which requests they hit, and what they do to the answer."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from trio_batches.simulator.dice import roll_dice

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("Answer", "Cut", "Edit", "Fault", "FaultPlan", "Operation")

Operation = Literal[
    "create",
    "retrieve",
    "list",
    "cancel",
    "delete",
    "results",
    "models.list",
    "models.retrieve",
    "unknown",
]
"""What a request asks for."""

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[float, msgspec.Meta(ge=0)]
_Status = Annotated[int, msgspec.Meta(ge=200, le=599)]


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer in place of the service's own.

    Attributes:
        status: The HTTP status.
        error_type: As in `error.type`; derived from the status if absent.
        error_code: As in `error.details.error_code`.
        message: As in `error.message`.
        headers: Added to the usual ones; `retry-after`, for example.
        body: Sent as it is, as HTML, in place of the error's JSON.
    """

    status: _Status
    error_type: str | None = None
    error_code: str | None = None
    message: str = "A fault of the simulator's scenario."
    headers: dict[str, str] = {}
    body: str | None = None


class Cut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an answer breaks off, and how.

    Attributes:
        place: Counted in what: bytes of the head, bytes of the body, whole lines,
            or lines of which the next is sent by half; `end` is after the last byte
            of the body, before the chunk that ends it.
        at: How many of them are sent.
        how: `fin` closes the connection, `rst` resets it, `clean` ends the body as if
            it were whole, `stall` stops sending.
        seconds: How long a stall lasts before the rest is sent; for ever if absent.
    """

    place: Literal["head", "byte", "line", "inside_line", "end"] = "byte"
    at: Annotated[int, msgspec.Meta(ge=0)] = 0
    how: Literal["fin", "rst", "clean", "stall"] = "fin"
    seconds: _Seconds | None = None


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of one line of results.

    Attributes:
        line: Which one, counted from 1 in the order of sending.
        what: `duplicate` sends it twice, `drop` not at all, `corrupt` replaces its
            second half, `retype` gives its result another type, `blank` puts an empty
            line before it, `crlf` ends it with a carriage return and a newline.
        result_type: What `retype` writes.
    """

    line: _Count
    what: Literal["duplicate", "drop", "corrupt", "retype", "blank", "crlf"]
    result_type: str = "expired"


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that goes wrong: first what it matches, then what it does.

    Attributes:
        operation: Only requests that ask for this.
        method: Only requests with this method.
        path: Only requests whose path matches this pattern (`*`, `?`, `[…]`).
        nth: The first request that is hit, counted from 1 among those that match.
        every: From there on, only every so-manieth.
        times: How many are hit; all if absent.
        probability: The chance of each to be hit, reproducible from the seed.
        delay: Seconds before the answer begins.
        answer: What is answered in place of the real thing.
        act: Whether the request is carried out although `answer` says otherwise.
        drop_reply: Close the connection after acting, without a byte of an answer.
        redirect: Answer 307 to this URL.
        results_url: What batches in the answer name as their `results_url`;
            `{id}` stands for the batch's id.
        cut: Where the answer breaks off.
        edits: Changes of lines of results.
    """

    operation: Operation | None = None
    method: str | None = None
    path: str | None = None
    nth: _Count = 1
    every: _Count = 1
    times: _Count | None = 1
    probability: float = 1.0

    delay: _Seconds = 0.0
    answer: Answer | None = None
    act: bool = False
    drop_reply: bool = False
    redirect: str | None = None
    results_url: str | None = None
    cut: Cut | None = None
    edits: tuple[Edit, ...] = ()

    def matches(self, operation: Operation, method: str, path: str) -> bool:
        """Tell whether a request is one that the fault is about."""
        return (
            self.operation in (None, operation)
            and self.method in (None, method)
            and (self.path is None or fnmatchcase(path, self.path))
        )


class FaultPlan:
    """The faults of a scenario, and how often each was met."""

    def __init__(self, faults: Sequence[Fault], seed: object) -> None:
        self._faults = tuple(faults)
        self._met = [0] * len(self._faults)
        self._hits = [0] * len(self._faults)
        self._dice = [roll_dice(seed, "fault", place) for place in range(len(self._faults))]

    def draw(self, operation: Operation, method: str, path: str) -> Fault | None:
        """Return the fault that hits a request: the first one whose turn it is."""
        drawn = None
        for place, fault in enumerate(self._faults):
            if fault.matches(operation, method, path):
                self._met[place] += 1
                if self._is_due(place) and drawn is None:
                    self._hits[place] += 1
                    drawn = fault
        return drawn

    def _is_due(self, place: int) -> bool:
        fault = self._faults[place]
        since = self._met[place] - fault.nth
        return (
            since >= 0
            and since % fault.every == 0
            and (fault.times is None or self._hits[place] < fault.times)
            and (fault.probability >= 1 or self._dice[place].random() < fault.probability)
        )
