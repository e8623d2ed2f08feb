"""The lines of a batch's results, generated while they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from trio_batches.simulator.dice import Shuffle, roll_dice
from trio_batches.simulator.messages import render_templates
from trio_batches.simulator.mixture import ERRORED, SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trio_batches.simulator.batch import SimulatedBatch

__all__ = ("BLOCK_BYTES", "ResultBody", "ResultOrder")

ResultOrder = Literal["shuffled", "stable", "submitted"]
"""Shuffled anew for each download, shuffled once, or in the order of the requests."""

BLOCK_BYTES = 192 << 10
"""How much is generated, and sent, at a time."""

_OPEN = b'{"custom_id":"'
_SMALL_LINE = 200

_ERRORS = (
    ("overloaded_error", "Overloaded"),
    ("api_error", "Internal server error"),
    (
        "invalid_request_error",
        "messages.0.content.0.text: text content blocks must be non-empty",
    ),
    ("rate_limit_error", "This request would exceed your organization's rate limit."),
    ("timeout_error", "Request timed out"),
    ("not_found_error", "model: claude-nowhere-1"),
)


class ResultBody:
    """All results of one batch.

    What a request's line says does not depend on the order in which lines are sent.
    """

    def __init__(self, batch: SimulatedBatch, seed: object) -> None:
        self._batch = batch
        self._slots = batch.slots
        self._mixture = batch.mixture
        self._templates = (
            render_templates(str(seed), batch.model, batch.result_bytes)
            if batch.script is None
            else batch.script.templates
        )

    def order(self, order: ResultOrder) -> Shuffle:
        """Return the order of the next download."""
        batch = self._batch
        match order:
            case "submitted":
                return Shuffle(batch.size)
            case "stable":
                return Shuffle(batch.size, roll_dice(batch.seed, "order"))
            case "shuffled":
                return Shuffle(batch.size, roll_dice(batch.seed, "order", batch.downloads))

    def line(self, index: int) -> bytes:
        """Return the line of one request, newline included."""
        return b"".join(self._parts(index, self._slots[index]))

    def blocks(self, order: Shuffle) -> Iterator[bytes]:
        """Yield all lines, whole ones only, about `BLOCK_BYTES` at a time."""
        size = self._batch.size
        mean = self._batch.result_bytes if self._mixture.succeeded else _SMALL_LINE
        step = max(1, BLOCK_BYTES // mean)
        for start in range(0, size, step):
            yield b"".join(self._many(order, start, min(start + step, size)))

    def _many(self, order: Shuffle, start: int, stop: int) -> list[bytes]:
        """Return the pieces of some lines; the loop that everything else waits for."""
        pieces: list[bytes] = []
        extend, size = pieces.extend, order.size
        index, slot = order[start], self._slots[order[start]]
        step, slot_step = order.factor, self._slots.factor * order.factor % size
        succeeded, faults = self._mixture.succeeded, self._batch.faults
        names, templates, count = self._batch.custom_ids, self._templates, len(self._templates)
        for _ in range(start, stop):
            if slot >= succeeded or index in faults:
                extend(self._parts(index, slot))
            else:
                template = templates[slot % count]
                number = b"%07d" % index
                name = names[index] if names is not None else b"request-" + number
                extend((_OPEN, name, template.middle, number, template.tail))
            index += step
            if index >= size:
                index -= size
            slot += slot_step
            if slot >= size:
                slot -= size
        return pieces

    def _parts(self, index: int, slot: int) -> tuple[bytes, ...]:
        names = self._batch.custom_ids
        number = b"%07d" % index
        name = names[index] if names is not None else b"request-" + number
        fault = self._batch.faults.get(index)
        kind = ERRORED if fault else self._mixture.kind_of(slot)
        if kind == SUCCEEDED:
            template = self._templates[slot % len(self._templates)]
            return (_OPEN, name, template.middle, number, template.tail)
        if kind == ERRORED:
            error_type, message = fault or _ERRORS[slot % len(_ERRORS)]
            return (_OPEN, name, _errored(error_type, message, index))
        return (_OPEN, name, b'","result":{"type":"%b"}}\n' % kind.encode())


def _errored(error_type: str, message: str, index: int) -> bytes:
    error = {
        "type": "error",
        "error": {"type": error_type, "message": message},
        "request_id": f"req_011Sim{index:018d}",
    }
    return b'","result":{"type":"errored","error":%b}}\n' % msgspec.json.encode(error)
