"""The app of a widget or screen, for what every app can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

__all__ = ("app_of",)


def app_of(node: MessagePump) -> App[object]:
    """Return the app that something is shown in; Textual leaves its type open."""
    return cast("App[object]", node.app)  # pyright: ignore[reportUnknownMemberType]
