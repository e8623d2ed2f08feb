"""What can be done on every screen."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("APP",)

APP = (
    Action(
        "app.help",
        "question_mark,f1",
        "Help",
        "help",
        "Show the keys of the focused pane, of the screen and of the app.",
        cli="trio-batches --help",
        footer=True,
    ),
    Action(
        "app.palette",
        "colon,ctrl+p",
        "Commands",
        "palette",
        "Find an action, a batch or a theme by typing a part of its name.",
        footer=True,
    ),
    Action(
        "app.back",
        "escape",
        "Back",
        "back",
        "Close what is open, clear what is set, or go back; in this order.",
    ),
    Action("app.jobs", "exclamation_mark", "Jobs", "jobs", "Show running and finished jobs."),
    Action(
        "app.take_back",
        "z",
        "Take back",
        "take_back",
        "Take back the delete that was confirmed last, while its countdown runs.",
        at_once=True,
    ),
    Action(
        "app.activity",
        "at",
        "Activity",
        "activity",
        "Show what this session did, each with the command that does the same.",
    ),
    Action(
        "app.settings",
        "comma",
        "Settings",
        "settings",
        "Show what is set, and where it comes from.",
        cli="trio-batches config --show",
    ),
    Action("app.theme", "ctrl+t", "Theme", "next_theme", "Change to the next theme."),
    Action(
        "app.suspend", "ctrl+z", "Suspend", "suspend_process", "Go to the shell; fg comes back."
    ),
    Action("app.leave", "q", "Leave", "leave", "Go back; from the first screen, leave the app."),
    Action(
        "app.quit",
        "ctrl+q",
        "Quit",
        "quit",
        "Stop what runs, keeping what is done, and leave.",
        at_once=True,
    ),
)
