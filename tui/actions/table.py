"""What every table can do."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("TABLE",)

TABLE = (
    Action("table.up", "k,up", "Up", "move(-1)", "Go to the row above."),
    Action("table.down", "j,down", "Down", "move(1)", "Go to the row below."),
    Action("table.page_up", "pageup,ctrl+b", "Page up", "page(-1)", "Go a page up."),
    Action("table.page_down", "pagedown,ctrl+f", "Page down", "page(1)", "Go a page down."),
    Action("table.first", "g,home", "First", "first", "Go to the first row."),
    Action("table.last", "G,end", "Last", "last", "Go to the last row."),
    Action("table.open", "enter", "Open", "open", "Open the row.", footer=True),
    Action(
        "table.mark",
        "space",
        "Mark",
        "mark",
        "Mark the row, or take its mark away, and go down.",
        footer=True,
    ),
    Action(
        "table.range",
        "v",
        "Range",
        "range",
        "Begin to mark a range that follows the cursor; again ends it, esc takes it back.",
    ),
    Action("table.range_up", "shift+up,K", "Range up", "extend(-1)", "Mark, going up."),
    Action("table.range_down", "shift+down,J", "Range down", "extend(1)", "Mark, going down."),
    Action(
        "table.mark_all",
        "ctrl+a",
        "Mark all",
        "mark_all",
        "Mark every row that is shown; rows that the filter hides are not touched.",
    ),
    Action(
        "table.invert",
        "asterisk,i",
        "Invert",
        "invert",
        "Mark the shown rows that are not marked, and only those.",
    ),
    Action("table.clear", "u", "Clear marks", "clear", "Take all marks away, hidden ones too."),
    Action("table.drop_range", "escape", "End range", "drop_range", "Take the open range back."),
)
