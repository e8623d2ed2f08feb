"""The dialog that asks before something is done that cannot be undone, or costs money."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static
from typing_extensions import override

from tui.screens.dialog import Dialog, answer_words, facts_shown, tone_class

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.types import CSSPathType

    from tui.state.question import Choice, Question

__all__ = ("ConfirmScreen",)


class ConfirmScreen(Dialog[str]):
    """Returns the id of the choice, or None; what has the focus first does nothing.

    Args:
        question: What to ask.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialog.tcss", "confirm.tcss"]
    AUTO_FOCUS = "#refuse"

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    @override
    def compose(self) -> ComposeResult:
        """Show what is asked, what to know, and the answers."""
        question = self.question
        with Vertical(classes="box") as box:
            box.border_title = Content(question.title)
            yield facts_shown(question.facts)
            if question.typed is not None:
                yield Static(
                    Content(f"Type {question.typed} to choose what is marked with *:"),
                    classes="typed",
                )
                yield Input(restrict=r"\d*", compact=True, id="count", select_on_focus=False)
            yield Button(Content(f"esc  {question.refusal}"), id="refuse", compact=True)
            for choice in question.choices:
                yield Button(
                    id=f"choice-{choice.id}", classes=tone_class(choice.tone), compact=True
                )

    def on_mount(self) -> None:
        """Begin to listen a moment after the question can be seen."""
        self.show_answers()
        self.call_after_refresh(self.listen_after_silence)

    @override
    def show_answers(self) -> None:
        """Let be chosen what can be by now."""
        for choice in self.question.choices:
            counts = self._counts(choice)
            button = self.query_one(f"#choice-{choice.id}", Button)
            button.disabled = not self.listens or (counts and not self._typed)
            words = f"{choice.words}{' *' if counts else ''}"
            button.label = answer_words(choice.key, words, heard=self.listens)

    @override
    def lines_beside_facts(self) -> int:
        """Return the number of answers, and the lines for the number."""
        return 1 + len(self.question.choices) + (2 if self.question.typed is not None else 0)

    def _counts(self, choice: Choice) -> bool:
        return choice.counted and self.question.typed is not None

    @property
    def _typed(self) -> bool:
        """Whether the number has been typed that is asked for, if one is."""
        typed = self.question.typed
        return typed is None or self.query_one("#count", Input).value == str(typed)

    @on(Input.Changed)
    def _count_changed(self) -> None:
        self.show_answers()

    @on(Input.Submitted)
    def _count_entered(self) -> None:
        """Go on to the first choice; it takes another key to choose it."""
        if self._typed:
            self.query_one(f"#choice-{self.question.choices[0].id}", Button).focus()

    def on_key(self, event: events.Key) -> None:
        """Take the key of a choice, or the digits of the number."""
        heard = self.hears(event)
        for choice in self.question.choices:
            if event.character == choice.key:
                event.stop()
                if heard and (self._typed or not choice.counted):
                    self.dismiss(choice.id)
                return
        if self.question.typed is not None and event.character and event.character.isdecimal():
            event.stop()
            field = self.query_one("#count", Input)
            field.focus()
            field.insert_text_at_cursor(event.character)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        chosen = (event.button.id or "").removeprefix("choice-")
        self.dismiss(None if chosen == "refuse" else chosen)
