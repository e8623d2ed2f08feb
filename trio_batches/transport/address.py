"""Where the service is, and which URLs belong to it."""

from __future__ import annotations

import re
from typing import final
from urllib.parse import quote, urlsplit

from trio_batches.errors import ConfigurationError, InvalidIdError

__all__ = ("DEFAULT_BASE_URL", "Origin", "ServiceAddress", "id_segment")

DEFAULT_BASE_URL = "https://api.anthropic.com"

Origin = tuple[str, str, int]
"""Scheme, host and port."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = "[A-Za-z0-9_-]{1,63}"  # the resolver raises UnicodeError for others
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\]")


@final
class ServiceAddress:
    """The base URL of the service, checked; requests go below it and nowhere else."""

    def __init__(self, base_url: str) -> None:
        try:
            parts = urlsplit(base_url)
            port = parts.port
        except ValueError as exc:
            raise ConfigurationError(f"base URL {base_url!r}: {exc}") from exc
        if "@" in parts.netloc:
            raise ConfigurationError("the base URL must not hold a user name or password")
        netloc = parts.netloc.removesuffix(f":{port}")
        if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(netloc):
            raise ConfigurationError(
                f"base URL {base_url!r}: write it like {DEFAULT_BASE_URL} or http://127.0.0.1:8000"
            )
        if parts.query or parts.fragment:
            raise ConfigurationError(f"base URL {base_url!r}: it must not have a query or fragment")
        host = netloc.strip("[]").lower()
        self.origin: Origin = (parts.scheme, host, _port(parts.scheme, port))
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"

    @property
    def base_url(self) -> str:
        """The base URL without a trailing slash."""
        return self._base

    def absolute(self, target: str) -> str:
        """Return the URL of a path below the base, or an absolute URL unchanged."""
        if "://" in target:
            return target
        return f"{self._base}/{target.lstrip('/')}"

    def owns(self, scheme: str, host: str, port: int | None) -> bool:
        """Tell whether a parsed URL, its host in ASCII, leads to this service and nowhere else."""
        return (scheme, host.lower(), _port(scheme, port)) == self.origin


def _port(scheme: str, port: int | None) -> int:
    return _DEFAULT_PORTS.get(scheme, -1) if port is None else port


def id_segment(value: str) -> str:
    """Return an id as one percent-encoded path segment.

    Raises:
        InvalidIdError: It is empty, is a dot segment, or holds a character that
            could change the path.
    """
    bad = not value or value in (".", "..") or any(c in "/\\?#%" or c <= " " for c in value)
    if bad or not value.isprintable():
        raise InvalidIdError(f"{value!r} is not an id: nothing was sent")
    return quote(value, safe="")
