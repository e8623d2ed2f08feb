"""A list of choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList
from typing_extensions import override

if TYPE_CHECKING:
    from textual.geometry import Size

__all__ = ("Menu",)


NARROWEST = 8
"""Cells that Textual can break a line in, its paddings taken off."""


class Menu(OptionList):
    """Textual's list, which fails where there is no room for a line, or in it for a character."""

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that it takes."""
        return super().get_content_height(container, viewport, max(width, NARROWEST))

    @override
    def action_page_down(self) -> None:
        """Go a page down."""
        if self._has_room:
            super().action_page_down()  # type: ignore[no-untyped-call]

    @override
    def action_page_up(self) -> None:
        """Go a page up."""
        if self._has_room:
            super().action_page_up()  # type: ignore[no-untyped-call]

    @property
    def _has_room(self) -> bool:
        return self.scrollable_content_region.area > 0
