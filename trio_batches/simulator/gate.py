"""What every request must carry before the service looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trio_batches.simulator.journal import name_credential
from trio_batches.simulator.replies import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("VERSIONS", "check_headers")

VERSIONS = ("2026-10-21", "2023-06-01")
"""The values of `anthropic-version` that the service takes, newest first."""


def check_headers(headers: Mapping[str, str], api_key: str | None) -> None:
    """Check the key and the version of a request.

    Args:
        headers: By lower-case name.
        api_key: The only key that is right; any is, if absent.

    Raises:
        RefusalError: 401 or 400.
    """
    key = _read_key(headers)
    if not key:
        raise RefusalError(401, "x-api-key header is required")
    if api_key is not None and key != api_key:
        raise RefusalError(401, "invalid x-api-key")
    version = headers.get("anthropic-version", "")
    if not version:
        raise RefusalError(400, "anthropic-version: header is required")
    if version not in VERSIONS:
        raise RefusalError(400, f'anthropic-version: "{version}" is not a valid version')


def _read_key(headers: Mapping[str, str]) -> str:
    match name_credential(headers):
        case "bearer":
            return headers["authorization"][len("bearer ") :].strip()
        case "x-api-key":
            return headers["x-api-key"].strip()
        case _:
            return ""
