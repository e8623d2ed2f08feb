"""When a failed exchange is tried again, and how long to wait before.

Everything here is data and pure functions; the loop around it is in the
transport. Source: the service's retry headers and the status codes that its
official SDK retries.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = (
    "RetryPolicy",
    "backoff",
    "retry_after",
    "retry_delay",
    "should_retry",
    "slows_everyone",
)

_RETRIED_STATUSES = frozenset({408, 409, 429})
_SLOW_DOWN_STATUSES = frozenset({429, 503, 529})


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how patiently one client tries again.

    Creates are the exception: they are retried only while the service cannot
    have acted on them, whatever this says.
    """

    max_retries: int = 5
    """Further attempts after the first one; progress of a download resets the count."""

    initial_delay: float = 0.5
    """Seconds before the first retry; each further one waits twice as long."""

    max_delay: float = 8.0
    """Seconds that doubling stops at."""

    max_retry_after: float = 300.0
    """Seconds that a server's `retry-after` is capped at."""

    not_found_grace: float = 600.0
    """Seconds for which a 404 on something that is known to exist is waited out.

    The service is eventually consistent: a batch can be unknown for a while
    after its creation, and its results for a while after its end.
    """


def should_retry(status: int, headers: Mapping[str, str]) -> bool:
    """Tell whether an answer with an error status is worth another attempt.

    Args:
        status: The HTTP status.
        headers: The answer's headers, names in lower case. `x-should-retry`
            overrides the status.
    """
    match headers.get("x-should-retry"):
        case "true":
            return True
        case "false":
            return False
        case _:
            return status in _RETRIED_STATUSES or status >= 500  # noqa: PLR2004


def slows_everyone(status: int) -> bool:
    """Tell whether a status asks the whole client, not one request, to slow down."""
    return status in _SLOW_DOWN_STATUSES


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that an answer's headers ask to wait, None without a sound one.

    Args:
        headers: The answer's headers, names in lower case. `retry-after-ms`
            wins over `retry-after`, which holds seconds or an HTTP date.
        now: The present, with a time zone, to count a date from.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment - now).total_seconds())
    except (TypeError, ValueError, OverflowError):  # no date, or one without a time zone
        return None


def _number(text: str | None) -> float | None:
    """Read a finite number that is not negative."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def backoff(policy: RetryPolicy, retries: int, jitter: float) -> float:
    """Return the seconds to wait where the server names none.

    Args:
        policy: The client's policy.
        retries: How many retries have been made already.
        jitter: A random number in [0, 1): up to a quarter is taken off, so that
            clients that failed together do not come back together.
    """
    full = min(policy.initial_delay * 2.0 ** min(retries, 60), policy.max_delay)
    return full * (1 - 0.25 * jitter)


def retry_delay(
    policy: RetryPolicy, retries: int, server_delay: float | None, jitter: float
) -> float:
    """Return the seconds to wait before the next attempt.

    Args:
        policy: The client's policy.
        retries: How many retries have been made already.
        server_delay: What `retry_after` read, if anything. It is a floor, never
            waited less than, up to the policy's cap.
        jitter: A random number in [0, 1).
    """
    own = backoff(policy, retries, jitter)
    if server_delay is None:
        return own
    return max(own, min(server_delay, policy.max_retry_after))
