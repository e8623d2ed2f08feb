"""What can be done with one result."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("RECORD",)

RECORD = (
    Action("record.next", "n,J", "Next", "step(1)", "Show the next record.", footer=True),
    Action("record.previous", "p,K", "Previous", "step(-1)", "Show the one before.", footer=True),
    Action(
        "record.raw",
        "v",
        "Raw",
        "raw",
        "Change between what the answer says and its JSON.",
        footer=True,
    ),
    Action("record.pane", "tab", "Other pane", "other_pane", "Go to the request, or the answer."),
    Action(
        "record.zoom",
        "underscore",
        "Zoom",
        "zoom",
        "Show one pane only, or both beside each other.",
    ),
    Action(
        "record.copy",
        "y",
        "Copy…",
        "copy",
        "Copy the id, the text, the JSON, or the command that prints it.",
        footer=True,
    ),
    Action("record.back", "escape", "Back", "leave", "Go back to the results.", footer=True),
)
