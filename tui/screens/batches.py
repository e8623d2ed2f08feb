"""The list of batches: the screen that the app opens with."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.widgets import Footer
from typing_extensions import override

from tui.actions import bindings
from tui.actions.batches import BATCHES
from tui.screens.filter_screen import FilterScreen
from tui.screens.verbs import VerbScreen
from tui.state.batches import COLUMNS, KINDS
from tui.state.filter import FilterError, parse_filter
from tui.widgets.banner import Banner
from tui.widgets.filter_bar import FilterBar
from tui.widgets.job_line import JobLine
from tui.widgets.status_line import StatusLine
from tui.widgets.table import Table
from tui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.widgets.table_messages import HeadingClicked, Opened

__all__ = ("BatchesScreen",)

SECOND = 1.0
"""Between two looks at the clock: ages grow."""


class BatchesScreen(FilterScreen, VerbScreen):
    """Every batch, newest first, as the ledger knows it and the service tells meanwhile."""

    CSS_PATH = "batches.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(BATCHES)]

    top = getters.query_one(TopLine)
    banner = getters.query_one(Banner)
    table = getters.query_one(Table)
    status = getters.query_one(StatusLine)

    @override
    def compose(self) -> ComposeResult:
        """Show the lines around the table, and the table."""
        yield TopLine()
        yield Banner()
        yield Table(self.batches_app.batches, id="batches")
        yield FilterBar(
            "words, !not, re:regex, status:ended, age:<7d, total:>1000, label:night",
            self._filter_by,
        )
        yield JobLine()
        yield StatusLine()
        yield Footer(compact=True, show_command_palette=False)

    @override
    def on_mount(self) -> None:
        """Follow what the app learns, and the clock."""
        app = self.batches_app
        app.batches_changed.subscribe(self, lambda _: self._show())
        app.link_changed.subscribe(self, lambda _: self._tell())
        self.table.hidden_columns = app.options.configuration.settings.hidden_columns
        self.set_interval(SECOND, self._tick)
        self._tell()
        self.table.focus()

    def _tick(self) -> None:
        """Let the ages on the screen grow; where they read the same, nothing is drawn."""
        self.batches_app.batches.look()
        self._show()

    def _show(self) -> None:
        self.table.rows_changed()
        self._tell()

    def _tell(self) -> None:
        """Say how things stand, around the table."""
        app = self.batches_app
        self.top.tell(
            app.link,
            app.batches.states(),
            read_only=app.options.read_only,
            clock=app.options.configuration.settings.clock,
        )
        self.banner.tell(app.link.sentence if app.link is not None else "")
        self.status.tell(
            app.batches,
            marked=len(self.table.marks),
            hidden=self.table.hidden_marks(),
            filtered=app.batches.filter.source,
        )

    @override
    def targets(self) -> tuple[str, ...]:
        """Return the marked batches, or the one under the cursor."""
        return tuple(str(key) for key in self.table.targets())

    @override
    def current(self) -> str | None:
        """Return the batch under the cursor."""
        key = self.table.cursor_key
        return None if key is None else str(key)

    @override
    def hidden(self) -> int:
        """Return how many of the marked batches the filter hides."""
        return self.table.hidden_marks()

    @on(Table.MarksChanged)
    def _marked(self) -> None:
        self._tell()

    @on(Table.Opened)
    def _opened(self, message: Opened) -> None:
        if self.is_active:  # the key may have been pressed twice
            self.batches_app.open_batch(str(message.key))

    @on(Table.HeadingClicked)
    def _heading_clicked(self, message: HeadingClicked) -> None:
        self._sort(message.column)

    @override
    def step_back(self) -> bool:
        """Take the filter away, if there is one."""
        filtered = bool(self.filter_bar.text)
        self.filter_bar.clear()
        return filtered

    def _filter_by(self, text: str) -> None:
        try:
            wanted = parse_filter(text, KINDS)
        except FilterError as error:
            self.filter_bar.tell(str(error))
            return
        self.filter_bar.tell("")
        self.batches_app.batches.look(wanted)
        self._show()

    def action_export(self) -> None:
        """Choose where to write the marked batches, or all that are shown."""
        from tui.taking import export_batches  # noqa: PLC0415  # rarely needed

        marked = self.targets() if self.table.marks else ()
        self.run_worker(export_batches(self.batches_app, marked, self.hidden()))

    def action_sort(self) -> None:
        """Sort by the next column."""
        names = [column.name for column in COLUMNS]
        place = names.index(self.batches_app.batches.sorted_by)
        self._sort(names[(place + 1) % len(names)])

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._sort(self.batches_app.batches.sorted_by)

    def _sort(self, column: str) -> None:
        batches = self.batches_app.batches
        batches.sort(column)
        self.table.sorted_by = (batches.sorted_by, batches.descending)
        self._show()

    def action_refresh_now(self) -> None:
        """Ask the service now."""
        self.run_worker(self.batches_app.refresh_batches())

    def action_submit(self) -> None:
        """Submit a file."""
        from tui import verbs  # noqa: PLC0415  # the first screen does not need it

        self.run_worker(verbs.submit(self.batches_app))
