"""What Textual's pilot cannot do with a mouse: turn its wheel, and draw with a button pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.widget import Widget

__all__ = ("draw_to", "wheel_down")


async def wheel_down(pilot: Pilot[None], widget: Widget, offset: tuple[int, int]) -> None:
    """Turn the wheel by one step over a place of a widget."""
    await _post(pilot, events.MouseScrollDown, widget, offset, button=0)


async def draw_to(pilot: Pilot[None], widget: Widget | None, offset: tuple[int, int]) -> None:
    """Move to a place of a widget, or of the screen, with the left button pressed."""
    await _post(pilot, events.MouseMove, widget, offset, button=1)


async def _post(
    pilot: Pilot[None],
    event: type[events.MouseEvent],
    widget: Widget | None,
    offset: tuple[int, int],
    *,
    button: int,
) -> None:
    post = pilot._post_mouse_events  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    await post([event], widget, offset=offset, button=button)
