"""A line that says what is wrong, for as long as it is."""

from __future__ import annotations

from textual.content import Content

from tui.widgets.line import Line

__all__ = ("Banner",)


class Banner(Line):
    """Hidden while there is nothing to say; the screen below stays as it is."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 3; padding: 0 1; display: none; }
    Banner { background: $error-muted; color: $text-error; }
    """

    def tell(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the line."""
        self.say([Content(sentence)])
        self.display = bool(sentence)
