"""One batch, whole: facts, timeline, counts, files, where it came from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, Static
from typing_extensions import override

from tui.actions import bindings
from tui.actions.batch import BATCH
from tui.screens.verbs import VerbScreen
from tui.state.story import Section, counts_bar, sections
from tui.widgets.banner import Banner
from tui.widgets.job_line import JobLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.engine.story import Story
    from tui.state.rows import Tone

__all__ = ("BatchScreen",)

NAME_CELLS = 17

_STYLES: dict[Tone, str] = {
    "": "",
    "dim": "$text-muted",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "busy": "$text-primary",
}


class BatchScreen(VerbScreen):
    """Facts about one batch; it follows what becomes of it."""

    CSS_PATH = "batch.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(BATCH)]

    banner = getters.query_one(Banner)
    body = getters.query_one("#story", Static)

    def __init__(self, batch_id: str) -> None:
        super().__init__()
        self._batch_id = batch_id

    @override
    def compose(self) -> ComposeResult:
        """Show the story in a pane that scrolls."""
        yield Banner()
        with VerticalScroll(can_focus=True):
            yield Static("", id="story", markup=False)
        yield JobLine()
        yield Footer(compact=True, show_command_palette=False)

    @override
    def on_mount(self) -> None:
        """Tell the story, and again whenever the ledger has changed."""
        self.batches_app.batches_changed.subscribe(self, lambda _: self._ask())
        self._ask()
        self.query_one(VerticalScroll).focus()

    def _ask(self) -> None:
        self.run_worker(self._tell(), exclusive=True, group="story")

    async def _tell(self) -> None:
        from trio_batches import TrioBatchesError  # noqa: PLC0415  # it loads Trio

        app = self.batches_app
        engine = await app.engine()
        try:
            story = await app.ask(engine.story, self._batch_id)
        except TrioBatchesError as error:
            self.banner.tell(str(error))
            return
        if story is None:
            self.banner.tell(f"{self._batch_id}: the ledger does not know this batch")
            return
        gone = "the service no longer has this batch" if story.batch.gone_at is not None else ""
        self.banner.tell(gone)
        self.body.update(_drawn(story, self.size.width))

    @override
    def targets(self) -> tuple[str, ...]:
        """Return this batch."""
        return (self._batch_id,)

    def action_step(self, rows: int) -> None:
        """Show the next batch of the list, or the one before."""
        batches = self.batches_app.batches
        row = batches.row_of(self._batch_id)
        if row is not None and 0 <= row + rows < len(batches):
            self._batch_id = str(batches.key(row + rows))
            self._ask()


def _drawn(story: Story, width: int) -> Content:
    lines: list[Content] = []
    for section in sections(story, datetime.now(UTC)):
        lines += _section(section)
        if section.title == "Requests" and story.batch.ended:
            bar = counts_bar(story.batch, max(1, min(60, width - NAME_CELLS - 4)))
            pieces = [Content(" " * (NAME_CELLS + 2))]
            pieces += [Content.styled(text, _STYLES[tone]) for text, tone in bar]
            lines.append(Content("").join(pieces))
        lines.append(Content(""))
    return Content("\n").join(lines)


def _section(section: Section) -> list[Content]:
    from trio_batches import one_line  # noqa: PLC0415  # nothing is drawn here before it is loaded

    heading = Content.styled(section.title, "bold $accent")
    facts = [
        Content.styled(f"  {fact.name:<{NAME_CELLS}}", "$text-muted")
        + Content.styled(one_line(fact.text), _STYLES[fact.tone])
        for fact in section.facts
    ]
    return [heading, *facts]
