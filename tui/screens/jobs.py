"""The jobs of this session, and what the one under the cursor works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.content import Content
from textual.widgets import Footer, Static
from typing_extensions import override

from tui.actions import bindings
from tui.actions.jobs import JOBS
from tui.screens.app_screen import AppScreen
from tui.state.jobs import ItemList, outcome
from tui.state.plain import plain_line
from tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.job_views import ItemView, JobView
    from tui.widgets.table_messages import Opened

__all__ = ("JobsScreen",)

SECOND = 1.0
"""Between two looks at the clock: jobs take time."""


SENTENCE_LENGTH = 2000
"""Characters of what is said of an item."""


class JobsScreen(AppScreen):
    """Two tables: jobs above, the items of one of them below, and one item whole."""

    CSS_PATH = "jobs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(JOBS)]

    jobs = getters.query_one("#jobs", Table)
    items = getters.query_one("#items", Table)
    about = getters.query_one("#about", Static)
    item = getters.query_one("#item", Static)

    def __init__(self) -> None:
        super().__init__()
        self._items: ItemList = ItemList()
        self._shown: JobView | None = None

    @override
    def compose(self) -> ComposeResult:
        """Show both tables, and between them what the chosen job is about."""
        yield Table(
            self.batches_app.jobs,
            placeholder="No jobs yet: d downloads, w watches, n submits.",
            id="jobs",
        )
        yield Static("", id="about", markup=False)
        yield Table(self._items, placeholder="", id="items")
        yield Static("", id="item", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Follow the jobs."""
        self.batches_app.jobs_changed.subscribe(self, lambda _: self._show())
        self.set_interval(SECOND, self.jobs.rows_changed)
        self._show()
        self.jobs.focus()

    def _show(self) -> None:
        self.jobs.rows_changed()
        job = self._job
        if job != self._shown:
            self._shown = job
            self.about.update(_about(job))
            self.run_worker(self._read(), exclusive=True, group="items")

    @property
    def _job(self) -> JobView | None:
        """The job under the cursor."""
        key = self.jobs.cursor_key
        return None if key is None else self.batches_app.jobs.jobs.get(int(key))

    async def _read(self) -> None:
        """Show the items of the job under the cursor."""
        app, job = self.batches_app, self._job
        items = () if job is None else await app.ask((await app.engine()).jobs.items, job.id)
        self._items.update(items)
        self.items.rows_changed()
        self._show_item()

    @on(Table.Highlighted, "#items")
    def _show_item(self) -> None:
        """Show what is said of the item under the cursor, however long it is."""
        item = self._items.items.get(str(self.items.cursor_key))
        self.item.display = item is not None and bool(item.sentence)
        if item is not None:
            self.item.update(_whole(item))

    @on(Table.Highlighted, "#jobs")
    def _highlighted(self) -> None:
        self._show()

    @on(Table.Opened, "#jobs")
    def _job_opened(self) -> None:
        """Go to the first item that failed, or else to the first one."""
        self.items.focus()
        failed = self._items.first_failed()
        if failed is not None:
            self.items.move_to(failed)

    @on(Table.Opened, "#items")
    def _item_opened(self, message: Opened) -> None:
        if not self.is_active:  # the key may have been pressed twice
            return
        item = self._items.items.get(str(message.key))  # None: another job's are shown by now
        if item is not None and item.batch_id is not None:
            self.batches_app.open_batch(item.batch_id)
        elif item is not None:
            self.notify("there is no batch yet", severity="warning")

    def action_other_pane(self) -> None:
        """Go to the other table."""
        (self.jobs if self.items.has_focus else self.items).focus()

    def action_stop(self) -> None:
        """Stop the marked jobs, or the one under the cursor."""
        self.run_worker(self._stop(*(int(key) for key in self.jobs.targets())))

    def action_stop_all(self) -> None:
        """Stop every job."""
        self.run_worker(self._stop(*self.batches_app.jobs.jobs))

    async def _stop(self, *job_ids: int) -> None:
        app = self.batches_app
        await app.ask((await app.engine()).jobs.cancel, *job_ids)

    def action_retry(self) -> None:
        """Begin once more what failed or was stopped."""
        from tui import verbs  # noqa: PLC0415  # the first screen does not need it

        job = self._job
        if job is not None:
            self.run_worker(verbs.retry(self.batches_app, job))


def _whole(item: ItemView) -> Content:
    sentence = plain_line(item.sentence, SENTENCE_LENGTH)
    return Content.styled(plain_line(item.key), "bold") + Content(f"  {sentence}")


def _about(job: JobView | None) -> Content:
    if job is None:
        return Content("")
    shown = "  (enter shows what failed)" if job.failed else ""
    first = f"{outcome(job)}{shown}" if job.ended_at is not None else "running"
    sentence = f"  {plain_line(job.sentence)}" if job.sentence else ""
    return Content("\n").join(
        [
            Content.styled(plain_line(job.words), "bold") + Content(f"  {first}{sentence}"),
            Content.styled(f"$ {plain_line(job.cli)}", "$text-muted"),
        ]
    )
