"""What goes wrong between here and the service."""

from __future__ import annotations

from typing import Literal

from trio_batches.errors.root import TrioBatchesError

__all__ = ("ForeignOriginError", "Phase", "ProtocolError", "TransportError")

Phase = Literal["connecting", "sending", "waiting", "receiving"]
"""How far an exchange had come: in the first two the service cannot have acted on it."""


class TransportError(TrioBatchesError):
    """The connection failed: it was not made, it broke, or nothing came in time.

    Attributes:
        phase: How far the exchange had come. While `connecting` or `sending` a
            request body, the service cannot have acted on the request.
    """

    def __init__(self, message: str, *, phase: Phase) -> None:
        self.phase: Phase = phase
        super().__init__(message)


class ProtocolError(TrioBatchesError):
    """The service, or something between, sent what the protocol does not allow.

    Attributes:
        line: The number of the offending line of a results file, counted from 1.
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


class ForeignOriginError(ProtocolError):
    """A URL or redirect leads to another origin than the client's; nothing was sent there."""
