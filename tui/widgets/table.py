"""The one table: any number of rows, of which only those on the screen are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.actions import SkipAction
from typing_extensions import override

from tui.actions import bindings
from tui.actions.table import TABLE
from tui.widgets.table_line import GUTTER
from tui.widgets.table_lines import TableLines
from tui.widgets.table_messages import HeadingClicked, Highlighted, MarksChanged, Opened

if TYPE_CHECKING:
    from textual import events

    from tui.state.rows import Key, Rows

__all__ = ("Table",)

WHEEL_ROWS = 3


class Table(TableLines, can_focus=True):
    """Shows `Rows` and owns the cursor and the marks, both held by key.

    The cursor is always on a row that is on the screen: scrolling takes it along.
    Lines are painted again only when they look different.

    Args:
        rows: What to show. Call `rows_changed()` after it has changed.
        placeholder: A sentence for when there are no rows.
        id: The widget's id.
        classes: Its classes.
    """

    BINDINGS = bindings(TABLE)
    Highlighted = Highlighted
    Opened = Opened
    MarksChanged = MarksChanged
    HeadingClicked = HeadingClicked

    def __init__(
        self,
        rows: Rows,
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002  # Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(rows, placeholder=placeholder, id=id, classes=classes)
        self._range_stays = False
        self._pressed: int | None = None
        self._clicked: Key | None = None

    # What the screen asks and tells

    @property
    def rows(self) -> Rows:
        """What is shown; others may be put in their place, and cursor and marks stay."""
        return self._rows

    @rows.setter
    def rows(self, rows: Rows) -> None:
        self._rows = rows
        self.rows_changed()

    @property
    def cursor_key(self) -> Key | None:
        """The key that the cursor is on; None where there are no rows."""
        return self._cursor.key

    @property
    def cursor_row(self) -> int:
        """The number of the row that the cursor is on."""
        return self._cursor.row

    def targets(self) -> tuple[Key, ...]:
        """Return what a verb acts on: the marked keys, or else the cursor's."""
        if self.marks:
            return self.marks.in_order(self._rows)
        return () if self._cursor.key is None else (self._cursor.key,)

    def hidden_marks(self) -> int:
        """Return how many marks are on rows that are not shown."""
        return self.marks.hidden(self._rows)

    def move_to(self, key: Key) -> bool:
        """Put the cursor on a key; return False if it is not shown."""
        row = self._rows.row_of(key)
        if row is not None:
            self._go(row)
        return row is not None

    def rows_changed(self) -> None:
        """Take in that there are other rows, or other cells in them.

        The cursor stays on its key and that on its line; marks on keys that are gone go.
        """
        if self._laid_out != tuple(self._rows.columns):
            self._lay_out()
        above = self._cursor.row - self.scroll_offset.y
        was_at_top = self.scroll_offset.y == 0
        pruned = self.marks.prune(self._rows)
        moved = self._cursor.follow(self._rows, self._around)
        self._set_extent()
        at_top = was_at_top and self._cursor.row < self._page
        self._scroll_down_to(0 if at_top else self._cursor.row - above)
        self._repaint()
        if pruned:
            self.post_message(self.MarksChanged(self, self.marks))
        if moved:
            self.post_message(self.Highlighted(self, self._cursor.key))

    # Moving

    @override
    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the cursor along, and paint the lines that now show something else."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        top = self.scroll_offset.y
        row = max(top, min(self._cursor.row, top + self._page - 1))
        if row != self._cursor.row:
            self._go(row)
        else:
            self._repaint()

    def _go(self, row: int, *, extends: bool = False) -> None:
        """Put the cursor on a row, and let an open range follow it."""
        if self.marks.has_range and not (self._range_stays or extends):
            self.marks.end_range()
        moved = self._cursor.place(self._rows, row)
        if self.marks.has_range:
            self.marks.extend_range(self._rows, self._cursor.row)
            self.post_message(self.MarksChanged(self, self.marks))
        if moved:
            self._clicked = None
            self.post_message(self.Highlighted(self, self._cursor.key))
        if not self._show_cursor():
            self._repaint()

    def action_move(self, rows: int) -> None:
        """Go down by some rows, or up."""
        self._go(self._cursor.row + rows)

    def action_page(self, pages: int) -> None:
        """Go down by a page, or up."""
        self._go(self._cursor.row + pages * max(1, self._page - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(len(self._rows) - 1)

    def action_open(self) -> None:
        """Open the cursor's row."""
        if self._cursor.key is not None:
            self.post_message(self.Opened(self, self._cursor.key))

    # Marking

    def action_mark(self) -> None:
        """Mark the cursor's row, or take its mark away, and go down."""
        if self._cursor.key is not None:
            self.marks.toggle(self._cursor.key)
            self._marked()
            self._go(self._cursor.row + 1)

    def action_range(self) -> None:
        """Begin a range, or end the one that is open."""
        if self.marks.has_range and self._range_stays:
            self.marks.end_range()
        elif self._cursor.key is not None:
            self.marks.end_range()
            self._range_stays = True
            self._begin_range()

    def action_extend(self, rows: int) -> None:
        """Go down by some rows, or up, and mark all on the way."""
        self._begin_loose_range()
        self._go(self._cursor.row + rows, extends=True)

    def action_drop_range(self) -> None:
        """Take the open range back; without one, leave the key to the screen."""
        if not self.marks.has_range:
            raise SkipAction
        self.marks.drop_range()
        self._marked()

    def action_mark_all(self) -> None:
        """Mark every row that is shown."""
        self.marks.mark_shown(self._rows)
        self._marked()

    def action_invert(self) -> None:
        """Mark the shown rows that are not marked, and only those."""
        self.marks.invert_shown(self._rows)
        self._marked()

    def action_clear(self) -> None:
        """Take all marks away."""
        self.marks.clear()
        self._marked()

    def _begin_loose_range(self) -> None:
        if not self.marks.has_range:
            self._range_stays = False
            self._begin_range()

    def _begin_range(self) -> None:
        if self._cursor.key is not None:
            self.marks.begin_range(self._cursor.key)
            self._marked()

    def _marked(self) -> None:
        self._repaint()
        self.post_message(self.MarksChanged(self, self.marks))

    # The mouse

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by three rows."""
        self._scroll_rows(event, WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll by three rows."""
        self._scroll_rows(event, -WHEEL_ROWS)

    def _scroll_rows(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self._scroll_down_to(self.scroll_offset.y + rows)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where a range would begin that is drawn with the mouse."""
        self._pressed = self._row_at(event) if event.button == 1 else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark the rows that the mouse is drawn over."""
        row = self._row_at(event) if event.button == 1 else None
        if self._pressed is None or row is None or row in (self._pressed, self._cursor.row):
            return
        if not self.marks.has_range:
            self._go(self._pressed)
            self._begin_loose_range()
        self.suppress_click()
        self._go(row, extends=True)

    def on_mouse_up(self) -> None:
        """End what the mouse drew."""
        self._pressed = None
        if not self._range_stays:
            self.marks.end_range()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a row; a second click opens it, one before it marks it."""
        event.prevent_default()
        place = event.get_content_offset(self)
        row = self._row_at(event)
        if place is not None and place.y < self._top:
            fitted = self._painter.column_at(place.x)
            if fitted is not None:
                self.post_message(self.HeadingClicked(self, fitted.column.name))
        elif place is not None and row is not None:
            self._click_row(row, marks=event.ctrl or place.x < GUTTER)

    def _click_row(self, row: int, *, marks: bool) -> None:
        key = self._rows.key(row)
        again = self._clicked == key and not marks
        self._go(row)
        if marks:
            self.marks.toggle(key)
            self._marked()
        elif again:
            self.action_open()
        self._clicked = None if again or marks else key

    def _row_at(self, event: events.MouseEvent) -> int | None:
        place = event.get_content_offset(self)
        if place is None or place.y < self._top:
            return None
        row = self.scroll_offset.y + place.y - self._top
        return row if row < len(self._rows) else None
