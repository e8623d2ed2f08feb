"""The secret that a client sends, kept where it cannot be printed by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, final

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping

from trio_batches.errors import ConfigurationError, CredentialsError

__all__ = ("AuthScheme", "Credentials", "custom_headers")

AuthScheme = Literal["bearer", "x-api-key"]
"""How an API key travels: `Authorization: Bearer`, or the header of older gateways."""


@final
class Credentials:
    """The one header that authenticates, never shown by `repr`, pickling or comparison."""

    __slots__ = ("_header",)

    def __init__(self, name: str, value: str) -> None:
        self._header = (name, value)

    @classmethod
    def resolve(
        cls,
        *,
        api_key: str | None,
        auth_token: str | None,
        auth_scheme: AuthScheme,
        environment: Mapping[str, str],
    ) -> Credentials:
        """Find the key or token: arguments first, then `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`.

        Raises:
            CredentialsError: Neither is set, both are given as arguments, or the
                value cannot be a header.
            ConfigurationError: The scheme is unknown.
        """
        if auth_scheme not in ("bearer", "x-api-key"):
            raise ConfigurationError(f"auth_scheme is {auth_scheme!r}: use 'bearer' or 'x-api-key'")
        if api_key is not None and auth_token is not None:
            raise CredentialsError("give api_key or auth_token, not both")
        if api_key is None and auth_token is None:
            api_key = environment.get("ANTHROPIC_API_KEY", "").strip() or None
            if api_key is None:
                auth_token = environment.get("ANTHROPIC_AUTH_TOKEN", "").strip() or None
        secret = api_key if api_key is not None else auth_token
        if secret is None:
            raise CredentialsError(
                "no API key: set ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN) in the environment"
            )
        if not secret or not all("!" <= character <= "~" for character in secret):
            raise CredentialsError(
                "the API key is empty or holds a space, a line break or a non-ASCII character: "
                "check how it was copied"
            )
        if auth_scheme == "x-api-key" and api_key is not None:
            return cls("x-api-key", secret)
        return cls("authorization", f"Bearer {secret}")

    def header(self) -> tuple[str, str]:
        """Return name and value, for the moment of sending only."""
        return self._header

    @override
    def __repr__(self) -> str:
        return f"<Credentials in {self._header[0]}>"

    @override
    def __reduce__(self) -> str:
        raise TypeError("credentials are not pickled")


_FRAMING = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that say where a message begins and ends, and whom the connection is to."""


def custom_headers(environment: Mapping[str, str]) -> dict[str, str]:
    """Read `ANTHROPIC_CUSTOM_HEADERS`: one `Name: value` a line.

    Raises:
        ConfigurationError: A line has no colon, holds what no header can, or names a
            header that the connection itself needs.
    """
    headers: dict[str, str] = {}
    lines = environment.get("ANTHROPIC_CUSTOM_HEADERS", "").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        name, value = name.strip(), value.strip()
        if not colon or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise ConfigurationError(
                f"ANTHROPIC_CUSTOM_HEADERS, line {number}: write 'Name: value'"
            )
        if not value.isascii() or not value.isprintable():
            raise ConfigurationError(
                f"ANTHROPIC_CUSTOM_HEADERS, line {number}: the value of {name} is not plain text"
            )
        if name.lower() in _FRAMING:
            raise ConfigurationError(
                f"ANTHROPIC_CUSTOM_HEADERS, line {number}: {name} belongs to the connection: "
                f"leave it out"
            )
        headers[name.lower()] = value
    return headers
