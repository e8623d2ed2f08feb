"""The results of a batch: a table over its file, however large, and while it still grows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.actions import SkipAction
from textual.widgets import Footer
from typing_extensions import override

from tui.actions import bindings
from tui.actions.results import RESULTS
from tui.screens.filter_screen import FilterScreen
from tui.state.background import Background
from tui.state.copies import copies_of
from tui.state.part import Whereabouts
from tui.state.record import MAX_DECODED
from tui.state.requests import open_requests
from tui.state.result_line import Kind
from tui.state.results import SIGNS, ResultRows
from tui.state.row_index import RowIndex, UnreadableError
from tui.state.search import Query, QueryError, parse_query
from tui.state.tallies import Frequencies, TokenSum
from tui.state.unpack import open_results
from tui.widgets.app_of import app_of
from tui.widgets.banner import Banner
from tui.widgets.filter_bar import FilterBar
from tui.widgets.frequency_panel import FrequencyPanel
from tui.widgets.results_line import ResultsLine
from tui.widgets.status_line import StatusLine
from tui.widgets.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.state.requests import Requests
    from tui.state.unpack import Unpacking
    from tui.widgets.table_messages import Opened

__all__ = ("ResultsScreen",)

LOOK_SECONDS = 0.1
"""Between two looks at what the background has found."""

MANY = 200_000
"""Marked rows whose tokens are not summed up unasked."""


class ResultsScreen(FilterScreen):
    """Shows the lines of a file of results: plain, compressed, or a part that is being written.

    Args:
        path: The file. One that cannot be read gets a sentence on the screen.
        title: What to call it; by default the file's name.
        requests: The file with the requests of the batch, if they were kept.
    """

    CSS_PATH = "results.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(RESULTS)]

    top = getters.query_one(ResultsLine)
    banner = getters.query_one(Banner)
    table = getters.query_one(Table)
    panel = getters.query_one(FrequencyPanel)
    status = getters.query_one(StatusLine)

    def __init__(self, path: Path, title: str = "", requests: Path | None = None) -> None:
        super().__init__()
        self._whereabouts = Whereabouts(path)
        self.requests: Path | None = requests
        self._title = title
        self._trouble = ""
        index, self._unpacking = self._open()
        index.step()
        self.rows: ResultRows = ResultRows(index)
        self.rows.refresh()
        self.background: Background = Background()
        self._query = Query()
        self._kind: Kind | None = None
        self._requests: Requests | None = None
        self._came_from: int | None = None
        self._frequencies: Frequencies | None = None
        self._miscounts = False
        self._sum: TokenSum | None = None
        self._told: tuple[object, ...] = ()

    @property
    def path(self) -> Path:
        """The file, by the name that it has now."""
        return self._whereabouts.path

    def _open(self) -> tuple[RowIndex, Unpacking | None]:
        try:
            return open_results(self.path)
        except UnreadableError as error:
            self._trouble = str(error)
            return RowIndex(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)), None

    @override
    def compose(self) -> ComposeResult:
        """Show the lines around the table, and the table."""
        yield ResultsLine(markup=False)
        yield Banner()
        yield Table(self.rows, id="results")
        yield FrequencyPanel(markup=False)
        yield FilterBar(
            "words, !not, re:regex, id:x, type:errored, model:x, stop:x, out:>500", self._filter_by
        )
        yield StatusLine()
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to read the file."""
        if self._unpacking is not None:
            self.background.add(self._unpacking)
        self.background.add(self.rows.index)
        self.background.add(self.rows.kinds)
        self.set_interval(LOOK_SECONDS, self._look)
        self.banner.tell(self._trouble)
        self._look()
        self.table.focus()

    def on_unmount(self) -> None:
        """Stop reading."""
        self.background.close()
        if self._unpacking is not None:
            self._unpacking.close()

    # What the background has found

    def _look(self) -> None:
        """Show what was found since the last look; where nothing was, nothing is drawn."""
        searched = not self._searches
        if self.rows.refresh():
            self.table.placeholder = self._placeholder()
            self.table.rows_changed()
            self._return_to_line()
        trouble = self.background.trouble or self._missing_end()
        if trouble and trouble != self._trouble:
            self._trouble = trouble
            self.banner.tell(trouble)
        if self._miscounts and searched:
            self._count()
        self._whereabouts.look()
        self.table.placeholder = self._placeholder()
        self._tell()

    def _missing_end(self) -> str:
        if self._unpacking is None or not self._unpacking.lacks_end:
            return ""
        return f"{self.path.name} has no end: it was cut off, or is still being written"

    def _return_to_line(self) -> None:
        """After a change of the filter, go to the line that was chosen, or near it."""
        if self._came_from is not None and len(self.rows):
            nearest = self.rows.nearest(self._came_from)
            self._came_from = None
            if nearest is not None:
                self.table.move_to(nearest)

    def _placeholder(self) -> str:
        index = self.rows.index
        if self._trouble:
            return "There is nothing to show."
        if self._narrows and index.is_done:
            return "Searching…" if self._searches else "No result is like this; esc shows all."
        if not index.is_done:
            return "Reading…"
        return "Nothing has arrived yet." if self._whereabouts.is_part else "The file is empty."

    def _tell(self) -> None:
        """Say how things stand, around the table; Textual paints only what is new."""
        self.top.tell(self._title or self.path.name, self.rows.index, self.rows.kinds, self._sum)
        self.panel.tell(self._frequencies)
        told = (
            len(self.rows),
            self.rows.total,
            len(self.table.marks),
            self._filter_words(),
        )
        if told != self._told:
            self._told = told
            self.status.tell(
                self.rows,
                marked=len(self.table.marks),
                hidden=self.table.hidden_marks(),
                filtered=self._filter_words(),
            )

    @property
    def _narrows(self) -> bool:
        return bool(self._query) or self._kind is not None

    @property
    def _searches(self) -> bool:
        selection = self.rows.selection
        return selection is not None and selection.searched < self.rows.total

    def _filter_words(self) -> str:
        """Return what narrows the rows, what is still being done, and the marked rows' tokens."""
        words: list[str] = []
        if self._kind is not None:
            words.append(f"{SIGNS[self._kind][0]} {self._kind.name.lower()}")
        if self._query:
            words.append(self.filter_bar.text)
        selection = self.rows.selection
        if selection is not None and self._searches:
            words.append(f"({100 * selection.searched // self.rows.total} % searched)")
        return " ".join(words)

    # Filters

    def _filter_by(self, text: str) -> None:
        try:
            self._query = parse_query(text)
        except QueryError as error:
            self.filter_bar.tell(str(error))
            return
        self.filter_bar.tell("")
        self._select()

    def action_next_type(self) -> None:
        """Show only results of the next type that there is, or all."""
        there = [kind for kind in Kind if self.rows.kinds.counts[kind]]
        later = [kind for kind in there if self._kind is None or kind > self._kind]
        self._kind = later[0] if later else None
        self._select()

    def _select(self) -> None:
        """Begin to look for the rows that are wanted now; what was sought before is dropped."""
        key = self.table.cursor_key
        self._came_from = int(key) if key is not None else self._came_from
        self.background.remove(self.rows.selection)
        selection = self.rows.select(self._query, self._kind)
        self._miscounts = self._frequencies is not None
        if selection is not None:
            self.background.add(selection)
        self._look()

    def action_clear_up(self) -> None:
        """Close the panel, or take the filter away; if there is neither, leave."""
        if self._frequencies is not None:
            self.action_frequencies()
        elif self._narrows:
            self._kind = None
            self._query = Query()
            self.filter_bar.clear()
            self._select()
        else:
            raise SkipAction

    # Moving

    def action_failure(self, step: int) -> None:
        """Go to the next request that did not succeed, or the one before."""
        key = self.table.cursor_key
        line = self.rows.next_failure(int(key), step) if key is not None else None
        if line is None:
            where = "below" if step > 0 else "above"
            self.notify(f"there is no failure {where}", severity="information", markup=False)
        else:
            self.table.move_to(line)

    def action_go_to(self) -> None:
        """Go to a row by its number."""
        from tui.screens.go_to import GoToScreen  # noqa: PLC0415  # rarely needed

        app_of(self).push_screen(GoToScreen(self.rows.total), self._go_to)

    def _go_to(self, number: int | None) -> None:
        nearest = self.rows.nearest(max(0, number - 1)) if number is not None else None
        if nearest is not None:
            self.table.move_to(nearest)

    @on(Table.Opened)
    def _opened(self, message: Opened) -> None:
        if not self.is_active:  # the key may have been pressed twice
            return
        from tui.screens.record import RecordScreen  # noqa: PLC0415  # loaded when first opened

        if self._requests is None:
            self._requests = open_requests(self.requests)
            if self._requests is not None:
                self.background.add(self._requests)
        screen = RecordScreen(self.rows, int(message.key), self.path, self._requests)
        app_of(self).push_screen(screen, self._closed_record)

    def _closed_record(self, line: int | None) -> None:
        if line is not None:
            self.table.move_to(line)

    # Counts

    def action_frequencies(self) -> None:
        """Show how often values come up in the rows that are shown, or close the panel."""
        if self._frequencies is None:
            self._count()
        else:
            self.background.remove(self._frequencies)
            self._frequencies = None
            self._miscounts = False
        self._tell()

    def _count(self) -> None:
        """Begin to count the values of the rows that are shown; again once all are found."""
        self.background.remove(self._frequencies)
        self._frequencies = Frequencies(self.rows.index, self.rows.lines())
        self._miscounts = self._searches
        self.background.add(self._frequencies)

    @on(Table.MarksChanged)
    def _marked(self) -> None:
        self.background.remove(self._sum)
        lines = [int(key) for key in self.table.marks]
        self._sum = TokenSum(self.rows.index, lines) if 0 < len(lines) <= MANY else None
        if self._sum is not None:
            self.background.add(self._sum)
        self._tell()

    # Copying and exporting

    def action_copy(self) -> None:
        """Choose what to copy of the cursor's row."""
        key = self.table.cursor_key
        if key is None:
            return
        from tui.screens.copying import CopyScreen  # noqa: PLC0415  # rarely needed

        line = self.rows.index.line(int(key), MAX_DECODED + 1)
        custom_id = self.rows.summary(int(key)).custom_id
        copies = copies_of(custom_id, line, None, self.path)
        app_of(self).push_screen(CopyScreen(copies, line.decode(errors="replace")))

    def action_export(self) -> None:
        """Choose where to write the marked rows, or all that are shown."""
        from tui.screens.exporting import ExportScreen  # noqa: PLC0415  # rarely needed
        from tui.state.exported import ExportedResults  # noqa: PLC0415

        marked = [int(key) for key in self.table.targets()] if self.table.marks else None
        hidden = self.table.hidden_marks()
        lines = self.rows.lines() if marked is None else sorted(marked)
        what = "marked" if marked is not None else "shown"
        name = self.path.name.partition(".jsonl")[0]
        exported = ExportedResults(self.rows.index, lines)
        app_of(self).push_screen(ExportScreen(exported, what, hidden, name))
