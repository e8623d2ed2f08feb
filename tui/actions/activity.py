"""What can be done with what was done."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("ACTIVITY",)

ACTIVITY = (
    Action(
        "activity.copy",
        "y",
        "Copy command",
        "copy",
        "Copy the command that does the same, or those of the marked rows.",
        footer=True,
    ),
    Action("activity.back", "escape,q", "Back", "app.back", "Go back.", footer=True),
)
