"""Text that is painted again only when it is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("Line",)


class Line(Static):
    """A line whose text is data: no markup is read from it."""

    DEFAULT_CSS = """
    Line { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__("", id=id, classes=classes, markup=False)
        self.said: Content = Content("")

    def say(self, parts: Sequence[Content]) -> None:
        """Show pieces of text beside each other."""
        said = Content("  ").join(parts)
        if not said.is_same(self.said):
            self.said = said
            self.update(said)
