"""What can be done with the settings."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("SETTINGS_SCREEN",)

SETTINGS_SCREEN = (
    Action(
        "settings.change",
        "enter,space",
        "Change",
        "change",
        "Change the setting until the app ends.",
        footer=True,
    ),
    Action(
        "settings.save",
        "w",
        "Write",
        "save",
        "Write what was changed into the file, leaving all else in it as it is.",
        footer=True,
    ),
    Action("settings.back", "escape,q", "Back", "app.back", "Go back.", footer=True),
)
