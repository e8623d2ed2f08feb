"""What the user is asked before something is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.state.rows import Tone

__all__ = ("Choice", "Fact", "Question")


class Fact(NamedTuple):
    """A sentence to know before one answers; it may hold text from elsewhere."""

    text: str
    tone: Tone = ""


class Choice(NamedTuple):
    """One of the answers.

    Attributes:
        id: What it means.
        key: The character that gives it.
        words: What it does.
        tone: What its colour says.
        counted: Whether it needs the number to be typed first, where one is asked for.
    """

    id: str
    key: str
    words: str
    tone: Tone = ""
    counted: bool = False


class Question(NamedTuple):
    """A question, whose first answer is always to do nothing.

    Attributes:
        title: What would be done, with the exact number.
        facts: What to know before.
        choices: What can be done, the safest first.
        refusal: What it means to do nothing.
        typed: The number that must be typed; None where a key is enough.
    """

    title: str
    facts: tuple[Fact, ...]
    choices: tuple[Choice, ...]
    refusal: str
    typed: int | None = None
