"""An outline on the screen: long text and JSON, folded and unfolded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from typing_extensions import override

from tui.actions import bindings
from tui.actions.outline import OUTLINE
from tui.state.outline import INDENT, Line, lines_of
from tui.widgets.table_line import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.binding import BindingType

    from tui.state.outline import Node

__all__ = ("OutlineView",)

TONES = ("dim", "good", "warn", "bad", "busy")
DEEPEST = 9


class OutlineView(ScrollView, can_focus=True):
    """Shows nodes, of which those that have others below them can be folded.

    Args:
        id: The widget's id.
        classes: Its classes.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OUTLINE)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"outline--{name}" for name in ("text", "cursor", *TONES)
    }
    DEFAULT_CSS = """
    OutlineView {
        background: $surface; color: $foreground;
        overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        & > .outline--text { background: $surface; color: $foreground; }
        & > .outline--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .outline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        & > .outline--dim { color: $text-muted; }
        & > .outline--good { color: $success; }
        & > .outline--warn { color: $warning; }
        & > .outline--bad { color: $error; }
        & > .outline--busy { color: $accent; }
    }
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)
    """How far one can scroll; other than Textual's own, no change of it lays the screen out."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # Textual's name for it
        super().__init__(id=id, classes=classes)
        self._outline: Sequence[Node] = ()
        self._lines: list[Line] = []
        self._cursor = 0
        self._styles_of: dict[str, Style] = {}

    @property
    def lines(self) -> Sequence[Line]:
        """The lines, as they are wrapped and folded now."""
        return self._lines

    @property
    def cursor_line(self) -> int:
        """The number of the line that the cursor is on."""
        return self._cursor

    def show(self, nodes: Sequence[Node]) -> None:
        """Show other nodes, from the top."""
        self._outline = nodes
        self._cursor = 0
        self.scroll_to(y=0, animate=False, force=True)
        self._lay_out()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self._lay_out()

    @override
    def notify_style_update(self) -> None:
        """Forget the colours."""
        super().notify_style_update()
        self._styles_of = {}

    @override
    def render_line(self, y: int) -> Strip:
        """Return the picture of a line of the screen."""
        if not self._styles_of:
            self._styles_of = self._component_colours()
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if number >= len(self._lines):
            return Strip([Segment("", self._styles_of[""])]).crop_extend(
                0, width, self._styles_of[""]
            )
        line = self._lines[number]
        style = self._styles_of["cursor" if number == self._cursor else line.node.tone]
        sign = " " if not (line.node.foldable and line.first) else "▸" if line.node.folded else "▾"
        text = f"{' ' * (INDENT * line.depth)}{sign} {line.text}"
        return Strip([Segment(cut(text, width), style)]).crop_extend(0, width, style)

    def _component_colours(self) -> dict[str, Style]:
        text = self.get_component_rich_style("outline--text")
        colours = {
            tone: text + self.get_component_rich_style(f"outline--{tone}", partial=True)
            for tone in TONES
        }
        cursor = self.get_component_rich_style("outline--cursor")
        return {"": text, "cursor": cursor, **colours}

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if not self.is_mounted or not width:
            return
        self._lines = list(lines_of(self._outline, width))
        self.virtual_size = Size(width, len(self._lines))
        self.vertical_scrollbar.window_virtual_size = len(self._lines)
        self._cursor = max(0, min(self._cursor, len(self._lines) - 1))
        self.scroll_to(y=self.scroll_offset.y, animate=False, force=True)
        self.refresh()

    # Moving and folding

    def _go(self, number: int) -> None:
        before, page = self._cursor, max(1, self.size.height)
        self._cursor = max(0, min(number, len(self._lines) - 1))
        top = self.scroll_offset.y
        for at in (before, self._cursor):
            self.refresh(Region(0, at - top, self.size.width, 1))
        wanted = max(min(top, self._cursor), self._cursor - page + 1)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def action_move(self, lines: int) -> None:
        """Go down by some lines, or up."""
        self._go(self._cursor + lines)

    def action_page(self, pages: int) -> None:
        """Go down by a page, or up."""
        self._go(self._cursor + pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Go to the first line."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self._go(len(self._lines) - 1)

    def action_turn(self) -> None:
        """Fold or unfold what is below the cursor's line."""
        if self._lines:
            node = self._lines[self._cursor].node
            if node.foldable:
                node.folded = not node.folded
                self._fold_changed(node)

    def action_unfold(self) -> None:
        """Show what is below the cursor's line."""
        if self._lines and self._lines[self._cursor].node.folded:
            self.action_turn()

    def action_fold(self) -> None:
        """Fold the cursor's line, or go to the line that it belongs to."""
        if not self._lines:
            return
        line = self._lines[self._cursor]
        if line.node.foldable and not line.node.folded:
            self.action_turn()
            return
        for number in range(self._cursor - 1, -1, -1):
            if self._lines[number].depth < line.depth and self._lines[number].first:
                self._go(number)
                return

    def action_fold_to(self, depth: int) -> None:
        """Show so many levels of everything."""
        if self._lines:
            node = self._lines[self._cursor].node
            for top in self._outline:
                top.fold(min(depth, DEEPEST))
            self._fold_changed(node)

    def _fold_changed(self, node: Node) -> None:
        self._lay_out()
        for number, line in enumerate(self._lines):
            if line.node is node:
                self._go(number)
                return

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a line, and fold or unfold it."""
        place = event.get_content_offset(self)
        if place is not None and self.scroll_offset.y + place.y < len(self._lines):
            self._go(self.scroll_offset.y + place.y)
            self.action_turn()
