"""A screen that knows its app."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

if TYPE_CHECKING:
    from tui.app import BatchesApp

__all__ = ("AppScreen",)


class AppScreen(Screen[None]):
    """A screen of this app, and of no other."""

    @property
    def batches_app(self) -> BatchesApp:
        """The app, by its own type."""
        return cast("BatchesApp", self.app)  # pyright: ignore[reportUnknownMemberType]
