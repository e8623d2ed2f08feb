"""How often the values of some columns come up, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.state.wording import count
from tui.widgets.table_line import fill

if TYPE_CHECKING:
    from tui.state.tallies import Frequencies

__all__ = ("FrequencyPanel",)

VALUES = 6
"""Shown of each column."""

WIDTH = 34
NUMBER_WIDTH = 9


class FrequencyPanel(Static):
    """Hidden until there are frequencies to show."""

    DEFAULT_CSS = """
    FrequencyPanel {
        display: none; height: auto; max-height: 50%; padding: 0 1;
        background: $panel; color: $foreground; border-top: solid $border-blurred;
    }
    """

    def tell(self, frequencies: Frequencies | None) -> None:
        """Show what has been counted so far; None hides the panel."""
        self.display = frequencies is not None
        if frequencies is None:
            return
        said = Content("\n").join(map(Content, self._lines(frequencies)))
        if said != self.content:
            self.update(said)

    def _lines(self, frequencies: Frequencies) -> list[str]:
        blocks = [
            [fill(name, WIDTH), *(_line(value, n) for value, n in counter.most_common(VALUES))]
            for name, counter in frequencies.counts.items()
            if counter
        ]
        beside = max(1, (self.screen.size.width - 2) // (WIDTH + 2))
        lines: list[str] = []
        for start in range(0, len(blocks), beside):
            group = blocks[start : start + beside]
            height = max(map(len, group))
            for at in range(height):
                cells = (block[at] if at < len(block) else " " * WIDTH for block in group)
                lines.append("  ".join(cells).rstrip())
        done, total = frequencies.done, frequencies.total
        if done < total:
            lines.append(f"counted {count(done)} of {count(total)} rows so far")
        return lines


def _line(value: str, number: int) -> str:
    width = WIDTH - NUMBER_WIDTH - 1
    return f"{fill(count(number), NUMBER_WIDTH, right=True)} {fill(value, width)}"
