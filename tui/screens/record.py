"""One result: the request beside the answer, to be read or as JSON."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import getters
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static
from typing_extensions import override

from tui.actions import bindings
from tui.actions.record import RECORD
from tui.state.copies import copies_of
from tui.state.outline import Node
from tui.state.plain import plain_line
from tui.state.record import MAX_DECODED, answer_nodes, raw_nodes, request_nodes
from tui.state.results import SIGNS
from tui.state.wording import count, megabytes
from tui.widgets.app_of import app_of
from tui.widgets.outline_view import OutlineView

if TYPE_CHECKING:
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.state.requests import Requests
    from tui.state.results import ResultRows

__all__ = ("RecordScreen",)

WIDE = 100
"""Columns from which on two panes stand beside each other."""

LOOK_SECONDS = 0.1


class _Record(NamedTuple):
    line: int
    data: bytes
    answer: list[Node]


class RecordScreen(Screen[int]):
    """Shows a line of results, and the request that it answers; returns which line was last.

    Args:
        rows: The rows among which one goes on to the next.
        line: The number of the line to begin with.
        path: The file that it is from.
        requests: The requests, if they were kept; they may still be read.
    """

    CSS_PATH = "record.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(RECORD)]

    facts = getters.query_one("#facts", Static)
    answer = getters.query_one("#answer", OutlineView)
    request = getters.query_one("#request", OutlineView)

    def __init__(self, rows: ResultRows, line: int, path: Path, requests: Requests | None) -> None:
        super().__init__()
        self.line: int = line
        self._rows = rows
        self._path = path
        self._requests = requests
        self._raw = False
        self._zoomed = False
        self._shown: _Record | None = None
        self._request: bytes | None = None

    @override
    def compose(self) -> ComposeResult:
        """Show what is known of the row, and the two panes."""
        yield Static(id="facts", markup=False)
        with Horizontal(id="panes"):
            with Vertical(id="request-pane", classes="pane"):
                yield Static("Request", markup=False)
                yield OutlineView(id="request")
            with Vertical(id="answer-pane", classes="pane -chosen"):
                yield Static("Answer", markup=False)
                yield OutlineView(id="answer")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the record."""
        self.set_class(self._requests is None, "-no-request")
        self.set_interval(LOOK_SECONDS, self._look_for_request)
        self.answer.focus()
        self._open()

    def on_resize(self, event: events.Resize) -> None:
        """Show one pane where there is no room for two."""
        self._choose_panes(event.size.width)

    def _choose_panes(self, width: int) -> None:
        self.set_class(self._zoomed or width < WIDE or self._requests is None, "-one-pane")

    # The record

    def _open(self) -> None:
        summary = self._rows.summary(self.line)
        sign, _ = SIGNS[summary.kind]
        parts = [
            f"row {count(self.line + 1)} of {count(self._rows.total)}",
            plain_line(summary.custom_id),
            plain_line(f"{sign} {summary.type}"),
            plain_line(summary.model),
            megabytes(self._rows.index.length(self.line)),
        ]
        self.facts.update(Content("  ·  ".join(part for part in parts if part)))
        self.run_worker(self._load(), exclusive=True)

    async def _load(self) -> None:
        """Read and decode the line in a thread: it may have many megabytes."""
        record = await asyncio.to_thread(self._read, self.line, raw=self._raw)
        if record.line != self.line:
            return
        self._shown = record
        self.answer.show(record.answer)
        self._show_request()

    def _read(self, line: int, *, raw: bool) -> _Record:
        data = self._rows.index.line(line, MAX_DECODED + 1)
        return _Record(line, data, raw_nodes(data) if raw else answer_nodes(data))

    def _show_request(self) -> None:
        if self._requests is None:
            return
        self._request = self._requests.find(self._rows.summary(self.line).custom_id)
        if self._request is not None:
            show = raw_nodes if self._raw else request_nodes
            self.request.show(show(self._request))
        elif self._requests.is_done:
            self.request.show([Node("This request is not among those that were kept.", "dim")])
        else:
            self.request.show([Node("Looking for the request…", "dim")])

    def _look_for_request(self) -> None:
        """Show a request that was not reached before."""
        if self._shown is None or self._requests is None or self._request is not None:
            return
        if self._requests.find(self._rows.summary(self.line).custom_id) is not None:
            self._show_request()

    # What keys do

    def action_step(self, step: int) -> None:
        """Show the next record among the shown rows, or the one before."""
        row = self._rows.row_of(self.line)
        if row is None:
            nearest = self._rows.nearest(self.line)
            row = self._rows.row_of(nearest) if nearest is not None else None
        elif 0 <= row + step < len(self._rows):
            row += step
        else:
            self.notify("there is no further record", markup=False)
            return
        if row is not None:
            self.line = int(self._rows.key(row))
            self._request = None
            self._open()

    def action_raw(self) -> None:
        """Change between what the answer says and its JSON."""
        self._raw = not self._raw
        self._request = None
        self._open()

    def action_other_pane(self) -> None:
        """Go to the request, or back to the answer."""
        if self._requests is None:
            return
        to_request = not self.request.has_focus
        self.query_one("#request-pane").set_class(to_request, "-chosen")
        self.query_one("#answer-pane").set_class(not to_request, "-chosen")
        (self.request if to_request else self.answer).focus()

    def action_zoom(self) -> None:
        """Show one pane only, or both."""
        self._zoomed = not self._zoomed
        self._choose_panes(self.size.width)

    def action_copy(self) -> None:
        """Choose what to copy."""
        if self._shown is None:
            return
        from tui.screens.copying import CopyScreen  # noqa: PLC0415  # rarely needed

        custom_id = self._rows.summary(self.line).custom_id
        copies = copies_of(custom_id, self._shown.data, self._request, self._path)
        whole = self._shown.data.decode(errors="replace")
        app_of(self).push_screen(CopyScreen(copies, whole))

    def action_leave(self) -> None:
        """Go back to the results, to the row that is shown here."""
        self.dismiss(self.line)
