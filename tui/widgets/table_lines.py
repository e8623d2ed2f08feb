"""The lines of a table: drawn from its rows, and painted again only where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Offset, Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from typing_extensions import override

from tui.state.columns import fit
from tui.state.cursor import Cursor
from tui.state.marks import Marks
from tui.widgets.app_of import app_of
from tui.widgets.table_line import GUTTER, Heading, LinePainter, Look

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.style import Style

    from tui.state.rows import Column, Key, Rows

__all__ = ("TableLines",)

STYLES = ("row", "heading", "cursor", "marked", "note", "dim", "good", "warn", "bad", "busy")
TONES = frozenset({"dim", "good", "warn", "bad", "busy"})


class TableLines(ScrollView):
    """Shows rows, headings, cursor and marks; a subclass moves them.

    Args:
        rows: What to show.
        placeholder: A sentence for when there are no rows.
        id: The widget's id.
        classes: Its classes.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{name}" for name in STYLES}
    DEFAULT_CSS = """
    TableLines {
        background: $surface; color: $foreground;
        overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
        & > .table--row { background: $surface; color: $foreground; }
        & > .table--heading { background: $panel; color: $foreground; text-style: bold; }
        & > .table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        & > .table--marked { background: $surface; color: $warning; text-style: bold; }
        & > .table--note { background: $surface; color: $text-muted; }
        & > .table--dim { color: $text-muted; }
        & > .table--good { color: $success; }
        & > .table--warn { color: $warning; }
        & > .table--bad { color: $error; }
        & > .table--busy { color: $accent; }
    }
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)
    """How far one can scroll; other than Textual's own, no change of it lays the screen out."""

    def __init__(
        self,
        rows: Rows,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002  # Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.marks: Marks = Marks()
        self._rows = rows
        self._placeholder = placeholder
        self._hidden_columns: frozenset[str] = frozenset()
        self._sorted_by: tuple[str, bool] | None = None
        self._laid_out: tuple[Column, ...] = ()
        self._cursor = Cursor()
        self._cursor.place(rows, 0)
        self._painter = LinePainter((), 0)
        self._looks: list[Look | Heading | str | None] = []
        self._around: tuple[Key, ...] = ()

    @property
    def hidden_columns(self) -> frozenset[str]:
        """The names of the columns that are not wanted."""
        return self._hidden_columns

    @hidden_columns.setter
    def hidden_columns(self, names: Collection[str]) -> None:
        self._hidden_columns = frozenset(names)
        self._lay_out()

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """The column that its heading shows as sorted by, and whether downwards."""
        return self._sorted_by

    @sorted_by.setter
    def sorted_by(self, order: tuple[str, bool] | None) -> None:
        self._sorted_by = order
        self._repaint()

    @property
    def placeholder(self) -> str:
        """The sentence for when there are no rows."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, sentence: str) -> None:
        self._placeholder = sentence
        self._repaint()

    @override
    def render_line(self, y: int) -> Strip:
        """Return the picture of a line of the screen."""
        if y >= len(self._looks):  # asked for before the first layout
            return Strip.blank(self.size.width)
        if not self._painter.is_styled:  # only here are Textual's styles up to date
            self._painter.restyle(self._line_styles())
        return self._painter.draw(self._looks[y])

    @override
    def notify_style_update(self) -> None:
        """Forget what was drawn in other colours."""
        super().notify_style_update()
        self._painter.restyle({})
        self.refresh()

    @override
    def watch_has_focus(self, has_focus: bool) -> None:
        """Show by the cursor's colour who has the focus."""
        super().watch_has_focus(has_focus)
        self._place_terminal_cursor()

    def on_resize(self) -> None:
        """Fit the columns into the new width."""
        self._lay_out()

    @property
    def _top(self) -> int:
        """Lines before the first row: the headings, where there is room for them."""
        return int(self.size.height > 1)

    @property
    def _page(self) -> int:
        """Rows that fit on the screen."""
        return max(1, self.size.height - self._top)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        fitted = fit(self._rows.columns, width - GUTTER, self._hidden_columns)
        self._painter = LinePainter(fitted, width)
        self._laid_out = tuple(self._rows.columns)
        self._looks = []
        self._set_extent()
        self._show_cursor()
        self._repaint()
        self.refresh()

    def _line_styles(self) -> dict[str, Style]:
        return {
            name: self.get_component_rich_style(f"table--{name}", partial=name in TONES)
            for name in STYLES
        }

    def _set_extent(self) -> None:
        """Say how far one can scroll, which paints nothing but the bar."""
        extent = Size(self._painter.width, len(self._rows) + self._top)
        if extent == self.virtual_size or not self.is_mounted:
            return
        self.virtual_size = extent
        self.vertical_scrollbar.window_virtual_size = extent.height

    def _repaint(self) -> None:
        """Paint the lines that look different from what is on the screen."""
        before, self._looks = self._looks, self._look()
        for y, look in enumerate(self._looks):
            if y >= len(before) or before[y] != look:
                self.refresh(Region(0, y, self.size.width, 1))
        self._around = tuple(map(self._rows.key, self._rows_around()))
        self._place_terminal_cursor()

    def _rows_around(self) -> range:
        """Return the rows on the screen, and a page before and after them."""
        top = self.scroll_offset.y
        return range(max(0, top - self._page), min(top + 2 * self._page, len(self._rows)))

    def _look(self) -> list[Look | Heading | str | None]:
        """Return what the lines of the screen have to look like now."""
        height, top = self.size.height, self.scroll_offset.y
        looks: list[Look | Heading | str | None] = []
        if self._top:
            looks.append(Heading(tuple(self._titles())))
        rows = range(top, min(top + self._page, len(self._rows)))
        looks += map(self._look_of, rows)
        if not rows and height:
            looks.append(self._placeholder)
        return looks + [None] * (height - len(looks))

    def _look_of(self, row: int) -> Look:
        key = self._rows.key(row)
        cells = tuple(self._rows.cells(row))
        return Look(key, cells, key in self.marks, row == self._cursor.row)

    def _titles(self) -> list[str]:
        titles: list[str] = []
        for fitted in self._painter.fitted:
            column = fitted.column
            if self._sorted_by is not None and self._sorted_by[0] == column.name:
                arrow = "▼" if self._sorted_by[1] else "▲"
                titles.append(f"{column.title[: max(0, fitted.width - 1)]}{arrow}")
            else:
                titles.append(column.title)
        return titles

    def _place_terminal_cursor(self) -> None:
        """Put the terminal's own, unseen cursor on the row: readers of the screen follow it."""
        if self.has_focus:
            y = self._top + self._cursor.row - self.scroll_offset.y
            app_of(self).cursor_position = self.region.offset + Offset(0, y)

    def _show_cursor(self) -> bool:
        """Scroll so far that the cursor is on the screen; return whether that was needed."""
        row, top = self._cursor.row, self.scroll_offset.y
        return self._scroll_down_to(max(min(top, row), row - self._page + 1))

    def _scroll_down_to(self, row: int) -> bool:
        """Let a row be the first on the screen; return False if it was."""
        before = self.scroll_offset.y
        if row != before:  # going nowhere would still stop a scroll that is under way
            self.scroll_to(y=row, animate=False, force=True)
        return self.scroll_offset.y != before
