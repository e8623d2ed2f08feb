"""A line that says what is wrong, for as long as it is."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

__all__ = ("Banner",)


class Banner(Static):
    """Hidden while there is nothing to say; the screen below stays as it is."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 3; padding: 0 1; display: none; }
    Banner { background: $error-muted; color: $text-error; }
    """

    def tell(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the line."""
        if sentence:
            self.update(Content(sentence))
        self.display = bool(sentence)
