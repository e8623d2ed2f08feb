"""What can be done on the screen of one batch, beside the verbs."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("BATCH",)

BATCH = (
    Action("batch.next", "J,n", "Next", "step(1)", "Show the next batch of the list."),
    Action("batch.previous", "K,p", "Previous", "step(-1)", "Show the batch before it."),
    Action("batch.back", "escape,q", "Back", "app.back", "Go back to the list.", footer=True),
)
