"""Asks where to write results, and writes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label
from typing_extensions import override

from tui.export import Export
from tui.state.background import Background
from tui.state.plain import plain_line
from tui.state.wording import count
from tui.widgets.app_of import app_of

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.state.exported import ExportedLines

__all__ = ("ExportScreen",)

LOOK_SECONDS = 0.1


class ExportScreen(ModalScreen[None]):
    """Writes lines to a JSONL or CSV file; asks before it replaces one.

    Args:
        lines: What to write.
        what: What they are: `marked` or `shown`.
        hidden: How many of them a filter hides.
        name: What they are from: the beginning of the file's name.
    """

    CSS_PATH = "exporting.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    said = getters.query_one("#said", Label)
    fault = getters.query_one("#fault", Label)

    def __init__(self, lines: ExportedLines, what: str, hidden: int, name: str) -> None:
        super().__init__()
        self._lines = lines
        self._what = what
        self._hidden = hidden
        self._proposed = f"{plain_line(name)}-{what}.jsonl"
        self._confirmed: Path | None = None
        self._export: Export | None = None
        self._background = Background()

    @override
    def compose(self) -> ComposeResult:
        """Show what is going to be written, and ask where to."""
        hidden = f", {count(self._hidden)} of them hidden by the filter" if self._hidden else ""
        with Vertical():
            yield Label(f"Export {count(len(self._lines))} {self._what} rows{hidden}", markup=False)
            yield Label("to a file; with the ending .csv it becomes a table:", markup=False)
            yield Input(self._proposed, compact=True)
            yield Label("", id="said", markup=False)
            yield Label("", id="fault", markup=False)

    def on_mount(self) -> None:
        """Look at how far the writing is."""
        self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """Stop the writing; what is not whole is removed."""
        self._background.close()
        if self._export is not None:
            self._export.cancel()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        if self._export is not None or not message.value.strip():
            return
        path = Path(message.value.strip())
        try:
            fault = self._begin(path.expanduser())
        except OSError as exc:
            fault = f"{exc.strerror}: {path}"
        except RuntimeError:  # pathlib's, of ~somebody
            fault = f"{path}: there is no such user"
        self.fault.update(plain_line(fault))

    def _begin(self, path: Path) -> str:
        """Begin to write a file; return a sentence about what is in the way, if anything is."""
        if path.is_dir():
            return f"{path} is a folder"
        if path.exists() and path != self._confirmed:
            self._confirmed = path
            return f"{path} is there already: enter again replaces it"
        self._export = Export(self._lines, path, replaces=path == self._confirmed)
        self._background.add(self._export)
        return ""

    def _look(self) -> None:
        export = self._export
        if export is None:
            return
        if export.trouble:
            self.fault.update(plain_line(export.trouble))
            self._export = None
        elif export.is_done:
            app_of(self).notify(f"exported {count(export.total)} rows", markup=False)
            self.dismiss(None)
        else:
            self.said.update(f"{count(export.written)} of {count(export.total)} rows")

    def action_leave(self) -> None:
        """Go back; an export that is not finished leaves no file."""
        self.dismiss(None)
