"""What the service makes of the body of a create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from trio_batches.simulator.params import judge_params
from trio_batches.simulator.phrases import phrase
from trio_batches.simulator.replies import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("MAX_BODY_BYTES", "MAX_REQUESTS", "Intake")

MAX_BODY_BYTES = 256_000_000
"""More than this is refused with 413. Source: the service's documentation (256 MB)."""

MAX_REQUESTS = 100_000
"""More requests than this are refused with 400."""

_STEP_BYTES = 1 << 20

_CustomId = Annotated[
    str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]{1,64}\Z")
]


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    custom_id: _CustomId
    params: msgspec.Raw


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    requests: list[_Entry]


_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no JSON, no UTF-8, or nested too deeply."""

_decoder = msgspec.json.Decoder(_Envelope)


class Intake:
    """The requests of a create: refused at once if the envelope is wrong.

    Attributes:
        custom_ids: All of them, in order.
        faults: Requests by index whose params are wrong: error type and message.
            The service tells so only in the results.
        model: What the first request asks for.
    """

    def __init__(self, body: bytearray, *, version: str) -> None:
        """Read the envelope.

        Raises:
            RefusalError: It breaks a rule.
        """
        self._entries = _read_envelope(body)
        self._version = version
        self.custom_ids: list[bytes] = []
        self.faults: dict[int, tuple[str, str]] = {}
        self.model: str | None = None

    def steps(self) -> Iterator[None]:
        """Look at every request, pausing after each MB so that others get their turn.

        Raises:
            RefusalError: A `custom_id` occurs twice, or params are no JSON.
        """
        seen: set[str] = set()
        weight = 0
        for index, entry in enumerate(self._entries):
            if entry.custom_id in seen:
                raise RefusalError(
                    400, f"requests.{index}.custom_id: duplicate custom_id '{entry.custom_id}'"
                )
            seen.add(entry.custom_id)
            self.custom_ids.append(entry.custom_id.encode())
            self._judge(index, entry.params)
            weight += len(entry.params)
            if weight >= _STEP_BYTES:
                weight = 0
                yield

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._entries)

    def _judge(self, index: int, params: msgspec.Raw) -> None:
        try:
            model, fault = judge_params(params, version=self._version)
        except _NOT_JSON as error:
            raise _refuse_json(error) from error
        if fault is not None:
            self.faults[index] = fault
        if self.model is None:
            self.model = model


def _read_envelope(body: bytearray) -> list[_Entry]:
    try:
        entries = _decoder.decode(body).requests
    except msgspec.ValidationError as error:
        raise RefusalError(400, phrase(str(error))) from error
    except _NOT_JSON as error:
        raise _refuse_json(error) from error
    if not entries:
        raise RefusalError(
            400, "requests: List should have at least 1 item after validation, not 0"
        )
    if len(entries) > MAX_REQUESTS:
        raise RefusalError(
            400,
            f"requests: List should have at most {MAX_REQUESTS} items "
            f"after validation, not {len(entries)}",
        )
    return entries


def _refuse_json(error: Exception) -> RefusalError:
    reason = str(error).removeprefix("JSON is malformed: ")
    return RefusalError(400, f"The request body is not valid JSON: {reason}")
