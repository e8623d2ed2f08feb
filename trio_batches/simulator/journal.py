"""What arrived at a world, for tests to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trio_batches.simulator.faults import Fault, Operation

__all__ = ("RequestRecord", "hide_secrets", "name_credential")

_SECRETS = frozenset({"authorization", "x-api-key", "proxy-authorization", "cookie"})


@dataclass(slots=True, kw_only=True)
class RequestRecord:
    """One request and what became of it.

    Attributes:
        time: Seconds since the world's clock was started.
        operation: What it asked for.
        path: Without the query.
        query: The parameters behind the path.
        headers: By lower-case name, without any secret.
        credential: How the key was sent: `bearer`, `x-api-key`, or not at all.
        body_bytes: The length of its body.
        status: What was answered; absent while, or because, nothing is.
        fault: The fault that hit it.
        sent_bytes: The length of the answer's body as far as it was sent, chunk marks not counted.
        finished: Whether the answer went out whole.
    """

    time: float
    operation: Operation
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    credential: str | None
    body_bytes: int
    status: int | None = None
    fault: Fault | None = None
    sent_bytes: int = 0
    finished: bool = False


def hide_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers without those that carry a secret."""
    return {name: value for name, value in headers.items() if name not in _SECRETS}


def name_credential(headers: Mapping[str, str]) -> str | None:
    """Tell how a request carries its key, if it does."""
    if headers.get("authorization", "").lower().startswith("bearer "):
        return "bearer"
    return "x-api-key" if headers.get("x-api-key") else None
