"""What can be copied of a result."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from tui.state.record import answer_text
from tui.state.wording import count

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ("Copy", "copies_of")


class Copy(NamedTuple):
    """A text to copy, and what it is.

    Attributes:
        name: Such as `custom_id`.
        text: The text itself, as it is in the file.
    """

    name: str
    text: str

    @property
    def label(self) -> str:
        """What it is, and how long."""
        return f"{self.name}  ({count(len(self.text))} characters)"


def copies_of(custom_id: str, line: bytes, request: bytes | None, path: Path) -> list[Copy]:
    """Return what can be copied of a result, the shortest first."""
    needle = shlex.quote(f'"{custom_id}"')
    command = f"grep -F -m 1 {needle} {shlex.quote(str(path))}"
    copies = [
        Copy("custom_id", custom_id),
        Copy("answer's text", answer_text(line)),
        Copy("result as JSON", line.decode(errors="replace")),
        Copy("request as JSON", (request or b"").decode(errors="replace")),
        Copy("command that prints it", command if custom_id else ""),
    ]
    return [copy for copy in copies if copy.text]
