"""A screen whose rows can be filtered."""

from __future__ import annotations

from textual import getters
from textual.screen import Screen
from typing_extensions import override

from tui.widgets.filter_bar import FilterBar

__all__ = ("FilterScreen",)


class FilterScreen(Screen[None]):
    """Has a `FilterBar`, and opens it."""

    filter_bar = getters.query_one(FilterBar)

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a filter is typed, let its key be text."""
        if action == "filter" and self.filter_bar.typing:
            return False
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Type a filter."""
        self.filter_bar.open()
