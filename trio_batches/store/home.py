"""The folder that holds what this user's batches leave behind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import final

from trio_batches.errors import ConfigurationError

__all__ = ("Home",)


@final
class Home:
    """`TRIO_BATCHES_HOME`, or `trio_batches` in the platform's folder for user data.

    Args:
        path: Another folder instead.

    Raises:
        ConfigurationError: The variable begins with `~` and a user that there is none of.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path: Path = path or _default_path()

    @property
    def requests(self) -> Path:
        """Where the requests of submitted batches are kept, `<batch id>.jsonl`."""
        return self.path / "requests"

    @property
    def results(self) -> Path:
        """Where downloads go that name no folder."""
        return self.path / "results"


def _default_path() -> Path:
    named = os.environ.get("TRIO_BATCHES_HOME")
    if named:
        try:
            return Path(named).expanduser().absolute()
        except RuntimeError:
            raise ConfigurationError(
                f"TRIO_BATCHES_HOME is {named}: there is no such user; write the whole path"
            ) from None
    # Imported here: most uses of the library do not touch the home.
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("trio_batches", appauthor=False)
