"""One line of a table: what it looks like, and how that is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from tui.state.columns import GAP, Fitted
from tui.state.plain import plain_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.style import Style

    from tui.state.rows import Cell, Key

__all__ = ("GUTTER", "Heading", "LinePainter", "Look", "cut", "fill")

GUTTER = 3
"""Cells for the signs of cursor and mark, before the first column."""

KEPT_LINES = 512


class Look(NamedTuple):
    """All that the picture of a row depends on."""

    key: Key
    cells: tuple[Cell, ...]
    marked: bool
    at_cursor: bool


class Heading(NamedTuple):
    """All that the picture of the headings depends on."""

    titles: tuple[str, ...]


def fill(text: str, width: int, *, right: bool = False) -> str:
    """Return a text, made harmless, that takes exactly so many cells of the terminal."""
    text = plain_line(text)
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return cut(text, width)
    blank = " " * (width - length)
    return blank + text if right else text + blank


def cut(text: str, width: int) -> str:
    """Return a harmless text that takes no more than so many cells; one that was cut says so."""
    if len(text) * 2 <= width or (len(text) if text.isascii() else cell_len(text)) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width else ""


@final
class LinePainter:
    """Draws lines, and remembers those that it drew.

    Args:
        fitted: The columns that are shown.
        width: Cells of a line.
    """

    def __init__(self, fitted: Sequence[Fitted], width: int) -> None:
        self.fitted: Sequence[Fitted] = fitted
        self.width: int = width
        self._styles: Mapping[str, Style] = {}
        self._drawn: dict[Look | Heading | str | None, Strip] = {}

    @property
    def is_styled(self) -> bool:
        """Whether it knows its styles; it cannot draw without."""
        return bool(self._styles)

    def restyle(self, styles: Mapping[str, Style]) -> None:
        """Draw in these styles from now on.

        Args:
            styles: By the name of what they are for: `row`, `heading`, `cursor`,
                `marked`, `note`, and each tone.
        """
        self._styles = styles
        self._drawn.clear()

    def draw(self, look: Look | Heading | str | None) -> Strip:
        """Return the picture of a row, the headings, a sentence or an empty line."""
        strip = self._drawn.get(look)
        if strip is None:
            if len(self._drawn) >= KEPT_LINES:
                self._drawn.clear()
            strip = self._drawn[look] = self._draw(look)
        return strip

    def column_at(self, x: int) -> Fitted | None:
        """Return the column that a cell of a line belongs to."""
        for fitted in self.fitted:
            if 0 <= x - GUTTER - fitted.start < fitted.width + GAP:
                return fitted
        return None

    def _draw(self, look: Look | Heading | str | None) -> Strip:
        match look:
            case None:
                return self._line([Segment("", self._styles["row"])])
            case str():
                return self._line([Segment(f" {plain_line(look)}", self._styles["note"])])
            case Heading():
                return self._line(self._heading(look))
            case Look():
                return self._row(look)

    def _line(self, segments: list[Segment]) -> Strip:
        return Strip(segments).crop_extend(0, self.width, segments[-1].style)

    def _heading(self, look: Heading) -> list[Segment]:
        titles = (
            fill(title, fitted.width, right=fitted.column.right)
            for title, fitted in zip(look.titles, self.fitted, strict=True)
        )
        return [Segment(" " * GUTTER + (" " * GAP).join(titles), self._styles["heading"])]

    def _row(self, look: Look) -> Strip:
        state = "cursor" if look.at_cursor else "marked" if look.marked else "row"
        style = self._styles[state]
        signs = ("▌" if look.at_cursor else " ") + ("●" if look.marked else " ") + " "
        runs: list[tuple[str, Style]] = [(signs, style)]
        for fitted in self.fitted:
            cell = look.cells[fitted.number]
            colour = style + self._styles[cell.tone] if state == "row" and cell.tone else style
            text = fill(cell.text, fitted.width, right=fitted.column.right) + " " * GAP
            if runs[-1][1] == colour:
                runs[-1] = (runs[-1][0] + text, colour)
            else:
                runs.append((text, colour))
        taken = GUTTER + sum(fitted.width + GAP for fitted in self.fitted)
        runs.append((" " * max(0, self.width - taken), style))
        # Its width is known: Textual need not measure it again.
        strip = Strip([Segment(*run) for run in runs if run[0]], max(taken, self.width))
        return strip.crop(0, self.width) if taken > self.width else strip
