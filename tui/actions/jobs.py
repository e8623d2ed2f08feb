"""What can be done with jobs."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("JOBS",)

JOBS = (
    Action(
        "jobs.stop",
        "x",
        "Stop",
        "stop",
        "Stop the job, or all marked ones; what is done stays done, parts are kept.",
        footer=True,
    ),
    Action("jobs.stop_all", "X", "Stop all", "stop_all", "Stop every job that runs.", footer=True),
    Action(
        "jobs.retry",
        "r",
        "Retry failed",
        "retry",
        "Begin once more what failed or was stopped; deletes and cancels are asked for again.",
        footer=True,
    ),
    Action("jobs.pane", "tab", "Other pane", "other_pane", "Go to the items of the job, or back."),
    Action("jobs.back", "escape,q", "Back", "app.back", "Go back.", footer=True),
)
