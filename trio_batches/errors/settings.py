"""Settings and ids that cannot be used."""

from __future__ import annotations

from trio_batches.errors.root import TrioBatchesError

__all__ = ("ConfigurationError", "CredentialsError", "InvalidIdError")


class ConfigurationError(TrioBatchesError):
    """A setting is missing, malformed or contradicts another one."""


class CredentialsError(ConfigurationError):
    """There is no key or token, there are two, or it cannot be put into a header.

    The message names the setting, never the secret.
    """


class InvalidIdError(TrioBatchesError, ValueError):
    """An id that is empty or would change the path it is put into; nothing was sent."""
