"""What the service takes and how long it keeps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

__all__ = (
    "DEFAULT_PAGE",
    "MAX_BODY_BYTES",
    "MAX_CUSTOM_ID_LENGTH",
    "MAX_PAGE",
    "MAX_REQUESTS",
    "MIN_PAGE",
    "POLL_INTERVAL",
    "PROCESSING_WINDOW",
    "RESULTS_KEPT",
    "body_bytes",
    "fits",
)

MAX_REQUESTS: Final = 100_000
"""Requests in one batch.

Source: Message Batches guide, limitations.
"""

MAX_BODY_BYTES: Final = 256_000_000
"""Bytes of one create, before any compression.

The documentation says "256 MB" without saying which megabyte. A body that keeps to the
smaller reading fits both; the price is one more batch for every 20 full ones.

Source: Message Batches guide, limitations.
"""

MAX_CUSTOM_ID_LENGTH: Final = 64
"""Characters of a `custom_id`.

Source: Message Batches API reference, create.
"""

PROCESSING_WINDOW: Final = timedelta(hours=24)
"""From `created_at` to `expires_at`; what is not done by then expires.

Source: Message Batches guide, limitations.
"""

RESULTS_KEPT: Final = timedelta(days=29)
"""How long results are kept, counted from `created_at`, not from the end.

Source: Message Batches guide, limitations.
"""

MIN_PAGE: Final = 1
"""The smallest `limit` of a list."""

MAX_PAGE: Final = 1_000
"""The largest `limit` of a list.

Source: Message Batches API reference, list.
"""

DEFAULT_PAGE: Final = 20
"""Items on a page when no `limit` is sent.

Source: Message Batches API reference, list.
"""

POLL_INTERVAL: Final = timedelta(seconds=10)
"""How often the service wants to be asked about a batch that runs.

Source: the `retry-after` of its answers to retrieve.
"""

_ENVELOPE_BYTES = len(b'{"requests":[]}')


def body_bytes(request_count: int, request_bytes: int) -> int:
    """Return the size of the create that carries some requests.

    Args:
        request_count: How many requests there are.
        request_bytes: The bytes of all of them, each as compact JSON.
    """
    return _ENVELOPE_BYTES + request_bytes + max(request_count - 1, 0)


def fits(request_count: int, request_bytes: int) -> bool:
    """Tell whether one batch can take some requests; the arguments are those of `body_bytes`."""
    return (
        request_count <= MAX_REQUESTS and body_bytes(request_count, request_bytes) <= MAX_BODY_BYTES
    )
