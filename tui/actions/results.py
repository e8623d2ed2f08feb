"""What can be done with the results of a batch."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("RESULTS",)

RESULTS = (
    Action(
        "results.filter",
        "slash",
        "Filter",
        "filter",
        "Show only some: words, !not, re:regex, id:x type:errored model:x stop:x error:x out:>500.",
        cli="trio-batches results {ids} --type T",
        footer=True,
        at_once=True,
    ),
    Action(
        "results.type",
        "f",
        "Type",
        "next_type",
        "Show only results of the next type that there is; after the last one, all.",
        cli="trio-batches results {ids} --type T",
        footer=True,
    ),
    Action(
        "results.next_failure",
        "e",
        "Next failure",
        "failure(1)",
        "Go to the next request that did not succeed.",
        footer=True,
    ),
    Action(
        "results.previous_failure",
        "E",
        "Previous failure",
        "failure(-1)",
        "Go to the nearest request above that did not succeed.",
    ),
    Action("results.go_to", "ctrl+g", "Go to row", "go_to", "Go to a row by its number."),
    Action(
        "results.frequencies",
        "F",
        "Frequencies",
        "frequencies",
        "Count how often each type, stop reason, model and error comes up in what is shown.",
    ),
    Action(
        "results.copy",
        "y",
        "Copy…",
        "copy",
        "Copy the row's id, its text, its JSON, or the command that shows it.",
        footer=True,
    ),
    Action(
        "results.export",
        "x,ctrl+s",
        "Export…",
        "export",
        "Write the marked rows, or all that are shown, to a JSONL or CSV file.",
        footer=True,
    ),
    Action("results.back", "escape", "Clear", "clear_up", "Take the filter away, or go back."),
)
