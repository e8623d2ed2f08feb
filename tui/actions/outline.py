"""What can be done with an outline: text and JSON that can be folded."""

from __future__ import annotations

from tui.actions import Action

__all__ = ("OUTLINE",)

OUTLINE = (
    Action("outline.up", "k,up", "Up", "move(-1)", "Go to the line above."),
    Action("outline.down", "j,down", "Down", "move(1)", "Go to the line below."),
    Action("outline.page_up", "pageup,ctrl+b", "Page up", "page(-1)", "Go a page up."),
    Action("outline.page_down", "pagedown,ctrl+f", "Page down", "page(1)", "Go a page down."),
    Action("outline.first", "g,home", "First", "first", "Go to the first line."),
    Action("outline.last", "G,end", "Last", "last", "Go to the last line."),
    Action("outline.toggle", "enter,space", "Fold", "turn", "Fold or unfold the line."),
    Action("outline.fold", "h,left", "Fold", "fold", "Fold the line, or go to what it is in."),
    Action("outline.unfold", "l,right", "Unfold", "unfold", "Show what is below the line."),
    Action("outline.fold_all", "minus", "Fold all", "fold_to(0)", "Fold everything."),
    Action("outline.unfold_all", "plus", "Unfold all", "fold_to(9)", "Unfold everything."),
)
