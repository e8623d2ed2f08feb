"""What can be copied of a result, and of batches."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from tui.state.record import answer_text
from tui.state.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ("Copy", "copies_of", "copies_of_batches")


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


def copies_of_batches(batch_ids: Sequence[str], labels: Sequence[str], lines: str) -> list[Copy]:
    """Return what can be copied of batches, the shortest first.

    Args:
        batch_ids: The batches.
        labels: Those that they have.
        lines: Each as the service described it last, one a line.
    """
    names = " ".join(map(shlex.quote, batch_ids))
    copies = [
        Copy("id" if len(batch_ids) == 1 else "ids, one a line", "\n".join(batch_ids)),
        Copy("label" if len(labels) == 1 else "labels, one a line", "\n".join(labels)),
        Copy("command that downloads the results", f"trio-batches download {names}"),
        Copy("what the service said, as JSON", lines),
    ]
    return [copy for copy in copies if copy.text]
