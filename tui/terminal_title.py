"""The title of the terminal's window: seen when another window is in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from tui.state.plain import plain_line

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ("TerminalTitle",)

PUSH, POP = "\x1b[22;2t", "\x1b[23;2t"
"""Keep the title on the terminal's own stack, and bring it back. Source: xterm, window ops."""


@final
class TerminalTitle:
    """Shows a title for as long as the app runs; where there is no terminal, it does nothing.

    Args:
        file: What the app draws on.
    """

    def __init__(self, file: TextIO | None) -> None:
        self._file: TextIO | None = file if file is not None and file.isatty() else None
        self._changed = False

    def show(self, text: str) -> None:
        """Show a text, which may come from elsewhere."""
        before = "" if self._changed else PUSH
        self._changed = True
        self._write(f"{before}\x1b]2;{plain_line(text)}\x07")

    def restore(self) -> None:
        """Bring back the title that the terminal had."""
        if self._changed:
            self._changed = False
            self._write(POP)

    def _write(self, sequence: str) -> None:
        if self._file is not None:
            # Through the same buffer as the screen: it cannot fall into a sequence of that.
            self._file.write(sequence)
            self._file.flush()
