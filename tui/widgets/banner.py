"""A line that says what is wrong, for as long as it is."""

from __future__ import annotations

from textual.content import Content

from tui.state.plain import plain_line
from tui.widgets.line import Line

__all__ = ("Banner",)


LENGTH = 600
"""Characters that are shown: more than three lines of most terminals."""


class Banner(Line):
    """Hidden while there is nothing to say; the screen below stays as it is."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 3; padding: 0 1; display: none; }
    Banner { background: $error-muted; color: $text-error; }
    """

    def tell(self, sentence: str) -> None:
        """Show a sentence, which may come from elsewhere; an empty one hides the line."""
        self.say([Content(plain_line(sentence, LENGTH))])
        self.display = bool(sentence)
