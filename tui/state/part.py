"""A part: results that a download writes, until it gives their file its last name."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("Whereabouts",)


@final
class Whereabouts:
    """Where a file of results is, also when it is a part that becomes whole.

    Args:
        path: The file that was opened.

    Attributes:
        path: What it is called now.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = _identity(path) if self.is_part else None

    @property
    def is_part(self) -> bool:
        """Whether more may come, by its name: `<batch id>.jsonl.<random>.part`."""
        return self.path.suffix == ".part"

    def look(self) -> bool:
        """Look for the last name of a part; return whether it has got it since."""
        if self._file is None:
            return False
        last = self.path.with_suffix("").with_suffix("")
        if _identity(last) != self._file:  # another one of that name may be there
            return False
        self.path, self._file = last, None
        return True


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
