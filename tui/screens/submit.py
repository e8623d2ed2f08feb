"""The dialog that submits a file of requests: which, what is in it, and whether to."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events, getters, on
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Button, Input, Static
from typing_extensions import override

from tui.screens.dialog import Dialog, answer_words, facts_shown
from tui.state.plain import plain_line
from tui.state.question import Fact
from tui.state.questions import batches

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.types import CSSPathType

__all__ = ("Checked", "FileNames", "SubmitScreen", "Submittable")


class Checked(NamedTuple):
    """What was found in a file."""

    facts: tuple[Fact, ...]
    path: Path
    batches: int
    """How many it would become; none where it cannot be submitted."""


class Submittable(NamedTuple):
    """A file that was looked at and is to be submitted."""

    path: Path
    label: str | None


class FileNames(Suggester):
    """Completes what has been typed of a path, folders and `.jsonl` files first.

    Names that a terminal would not show as they are stay out of it.
    """

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    @override
    async def get_suggestion(self, value: str) -> str | None:
        """Return the whole path that was begun; None if there is none."""
        return await asyncio.to_thread(_complete, value) if value else None


class SubmitScreen(Dialog[Submittable]):
    """Returns what to submit, once the user has seen what is in it and has confirmed.

    Args:
        check: Looks at a file, named as the user has typed it; it sends nothing.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialog.tcss", "submit.tcss"]
    AUTO_FOCUS = "#path"

    path = getters.query_one("#path", Input)
    found = getters.query_one("#found", Vertical)
    refuse = getters.query_one("#refuse", Button)
    send = getters.query_one("#send", Button)

    def __init__(self, check: Callable[[str], Awaitable[Checked]]) -> None:
        super().__init__()
        self._check = check
        self._ready: Path | None = None
        self._named = ""
        self._words = "Submit"
        self._line: Input | None = None

    @override
    def compose(self) -> ComposeResult:
        """Show the lines to fill in, and room for what is found."""
        with Vertical(classes="box") as box:
            box.border_title = Content("Submit a file of requests")
            yield Static(Content("File; → completes its name, enter checks it"), classes="name")
            yield Input(id="path", compact=True, suggester=FileNames())
            yield Static(Content("Label, if you like"), classes="name")
            yield Input(id="label", compact=True, max_length=200)
            yield Vertical(id="found")
            yield Button(Content("esc  Cancel: send nothing"), id="refuse", compact=True)
            yield Button(id="send", compact=True, classes="tone-warn")

    def on_mount(self) -> None:
        """Show that nothing can be sent yet."""
        self.show_answers()

    @override
    def lines_beside_facts(self) -> int:
        """Return the lines to fill in, their names, and the two answers."""
        return 6

    @override
    def show_answers(self) -> None:
        """Let be sent what was found, where that is so and the dialog listens."""
        heard = self._ready is not None and self.listens
        self.send.disabled = not heard
        self.send.label = answer_words("y", self._words, heard=heard)

    @on(Input.Changed, "#path")
    def _path_changed(self) -> None:
        """Forget what was found in another file."""
        if self.path.value != self._named:
            self._ready = None
            self.show_answers()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know that the user has gone on to something else."""
        if event.widget is not self._line:
            self._line = None

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self.path.value.strip():
            self._line = event.input
            self.run_worker(self._look(self.path.value, event.value), exclusive=True)

    async def _look(self, named: str, entered: str) -> None:
        """Show what is in the file, and let it be submitted if that can be done."""
        await self._show(Fact("checking every request…", "dim"))
        found = await self._check(named.strip())
        await self._show(*found.facts)
        if found.batches and named == self.path.value:
            self._ready, self._named = found.path, named
            self._words = f"Submit {batches(found.batches)}; every request is paid for"
            if self._waits(entered):
                self.refuse.focus()
                self.listen_after_silence()
            else:
                self.listen()

    def _waits(self, entered: str) -> bool:
        """Tell whether nothing was typed, and no other line gone to, since enter was pressed."""
        line = self._line
        return line is not None and line is self.focused and line.value == entered

    async def _show(self, *facts: Fact) -> None:
        self._ready = None
        self.show_answers()
        await self.found.remove_children()
        await self.found.mount(facts_shown(facts))
        self.on_resize()
        self.found.query_one(VerticalScroll).can_focus = True

    @on(Button.Pressed, "#refuse")
    def _refused(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(None)

    @on(Button.Pressed, "#send")
    def _confirmed(self, event: Button.Pressed) -> None:
        event.stop()
        self._send()

    def on_key(self, event: events.Key) -> None:
        """Take the key of the choice; in the lines to fill in it is a letter."""
        heard = self.hears(event)
        if event.character == "y":
            event.stop()
            if heard:
                self._send()

    def _send(self) -> None:
        if self._ready is not None:
            label = self.query_one("#label", Input).value.strip()
            self.dismiss(Submittable(self._ready, label or None))


def _complete(begun: str) -> str | None:
    folder, _, name = begun.rpartition("/")
    try:
        entries = sorted(
            (not (entry.is_dir() or entry.name.endswith(".jsonl")), entry.name, entry.is_dir())
            for entry in os.scandir(Path(f"{folder}/" if "/" in begun else ".").expanduser())
            if entry.name.startswith(name)
            and (name or not entry.name.startswith("."))
            and plain_line(entry.name, len(entry.name)) == entry.name
        )
    except (OSError, RuntimeError):  # the latter is pathlib's, of ~somebody
        return None
    if not entries:
        return None
    _, found, is_folder = entries[0]
    return f"{begun[: len(begun) - len(name)]}{found}{'/' if is_folder else ''}"
