"""What can be done with the list of batches, and with one batch."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("BATCHES", "VERBS")

VERBS = (
    Action(
        "batch.download",
        "d",
        "Download",
        "verb('download')",
        "Download the results into verified files.",
        cli="trio-batches download {ids}",
        footer=True,
    ),
    Action(
        "batch.watch",
        "w",
        "Watch",
        "verb('watch')",
        "Wait until they have ended, and ring then.",
        cli="trio-batches watch {ids}",
    ),
    Action(
        "batch.cancel",
        "c",
        "Cancel…",
        "verb('cancel')",
        "Cancel batches that still run; asks first.",
        cli="trio-batches cancel {ids}",
        writes=True,
        footer=True,
    ),
    Action(
        "batch.delete",
        "ctrl+d",
        "Delete…",
        "verb('delete')",
        "Delete batches from the service, for good; asks first, and waits five seconds.",
        cli="trio-batches delete {ids}",
        writes=True,
        footer=True,
    ),
    Action(
        "batch.label",
        "l",
        "Label",
        "verb('label')",
        "Give them a label and a note of yours.",
        cli="trio-batches label {ids} LABEL",
    ),
    Action(
        "batch.resubmit",
        "R",
        "Resubmit…",
        "verb('resubmit')",
        "Send again what failed, expired or was cancelled, as new batches; asks first.",
        cli="trio-batches resubmit {ids}",
        writes=True,
    ),
    Action(
        "batch.copy",
        "y",
        "Copy…",
        "verb('copy')",
        "Copy ids, labels, a command or JSON, through the terminal and by local tools.",
        cli="trio-batches show {ids} --json",
    ),
    Action(
        "batch.results",
        "o",
        "Results",
        "results",
        "Open the results: the local file, or the download while it runs.",
        cli="trio-batches results {ids}",
        footer=True,
    ),
)
"""What can be done with batches, on the list and on the screen of one."""

BATCHES = (
    Action(
        "batches.filter",
        "slash",
        "Filter",
        "filter",
        "Show only some: words, !not, re:regex, status:ended age:<7d total:>1000.",
        cli="trio-batches list --status S --label L",
        footer=True,
        at_once=True,
    ),
    Action(
        "batches.export",
        "x,ctrl+s",
        "Export…",
        "export",
        "Write the marked batches, or all that are shown, to a JSONL or CSV file.",
        cli="trio-batches list --json",
    ),
    Action("batches.sort", "s", "Sort", "sort", "Sort by the next column."),
    Action("batches.reverse", "S", "Reverse", "reverse", "Turn the order round."),
    Action(
        "batches.refresh",
        "r,ctrl+r",
        "Refresh",
        "refresh_now",
        "Ask the service now.",
        cli="trio-batches list",
    ),
    Action(
        "batches.submit",
        "n",
        "Submit…",
        "submit",
        "Submit a file of requests as new batches; checks all of it first.",
        cli="trio-batches submit FILE",
        writes=True,
    ),
)
