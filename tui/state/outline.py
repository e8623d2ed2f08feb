"""Text and JSON as lines that can be folded, made only as far as they are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast, final

import msgspec
from rich.cells import cell_len, chop_cells

from tui.state.plain import plain_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tui.state.rows import Tone

__all__ = ("INDENT", "Line", "Node", "json_node", "lines_of", "text_nodes", "wrap")

SHOWN_CHARACTERS = 300_000
"""Of one text; the rest is said to be hidden."""

SHOWN_LINES = 20_000
"""Of one text."""

SHOWN_ITEMS = 1_000
"""Of one object or list."""

SHOWN_NAMES = 8
PREVIEW = 60
INDENT = 2


@final
class Node:
    """A line that may have others below it.

    Args:
        text: What it says; long text is wrapped.
        tone: Its colour.
        below: What is shown below it when it is not folded; made when that is first seen.
        folded: Whether it is folded at first.
    """

    def __init__(
        self,
        text: str,
        tone: Tone = "",
        below: Callable[[], Sequence[Node]] | None = None,
        *,
        folded: bool = False,
    ) -> None:
        self.text: str = text
        self.tone: Tone = tone
        self.folded: bool = folded
        self._below = below
        self._made: Sequence[Node] | None = None

    @property
    def foldable(self) -> bool:
        """Whether it has others below it."""
        return self._below is not None

    def below(self) -> Sequence[Node]:
        """Return the nodes below it."""
        if self._made is None:
            self._made = self._below() if self._below is not None else ()
        return self._made

    def fold(self, depth: int) -> None:
        """Show so many levels below it, and fold what is deeper."""
        self.folded = self.foldable and depth <= 0
        if self.foldable and depth > 0:
            for node in self.below():
                node.fold(depth - 1)


class Line(NamedTuple):
    """A line of the screen.

    Attributes:
        node: Whose line it is.
        depth: How deep that is.
        text: What stands on it, harmless for a terminal.
        first: Whether it is the first of the node's lines.
    """

    node: Node
    depth: int
    text: str
    first: bool


def lines_of(nodes: Sequence[Node], width: int, depth: int = 0) -> Iterator[Line]:
    """Yield the lines that nodes take in a width, as they are folded now."""
    for node in nodes:
        room = max(1, width - INDENT * (depth + 1))
        for at, text in enumerate(wrap(node.text, room)):
            yield Line(node, depth, text, at == 0)
        if node.foldable and not node.folded:
            yield from lines_of(node.below(), width, depth + 1)


def wrap(text: str, width: int) -> list[str]:
    """Return a line of text as lines of a width, cut at blanks where there are any."""
    text = plain_line(text.expandtabs(4), len(text) * 4)
    lines: list[str] = []
    while not _fits(text, width):
        piece = text[:width] if text.isascii() else chop_cells(text[: width + 1], width)[0]
        blank = text[: len(piece) + 1].rfind(" ")
        cut = blank if blank > len(piece) // 2 else max(1, len(piece))
        lines.append(text[:cut])
        text = text[cut:].removeprefix(" ")
    return [*lines, text]


def _fits(text: str, width: int) -> bool:
    if len(text) > width * 2 or text.isascii():
        return len(text) <= width
    return cell_len(text) <= width


def text_nodes(text: str, tone: Tone = "") -> list[Node]:
    """Return a node for each line of a text; of a very long one, the beginning."""
    lines = text[:SHOWN_CHARACTERS].split("\n")
    nodes = [Node(line, tone) for line in lines[:SHOWN_LINES]]
    shown = sum(len(line) + 1 for line in lines[:SHOWN_LINES]) - 1
    if shown < len(text):
        nodes.append(_hidden(len(text) - shown, "characters"))
    return nodes


def json_node(value: object, name: str = "", depth: int = 2) -> Node:
    """Return a JSON value as a node.

    Args:
        value: As msgspec decodes JSON.
        name: Its key or number in what holds it.
        depth: Levels that are open at first.
    """
    label = f"{name}: " if name else ""
    if isinstance(value, dict):
        items = cast("Mapping[str, object]", value)
        preview = ", ".join(list(items)[:SHOWN_NAMES])[:PREVIEW]
        return _container(f"{label}{{{len(items)}}}", list(items.items()), depth, preview)
    if isinstance(value, list):
        entries = [(str(at), entry) for at, entry in enumerate(cast("list[object]", value))]
        return _container(f"{label}[{len(entries)}]", entries, depth, "")
    if isinstance(value, str):
        return _text(label, value, depth)
    tone: Tone = "warn" if value is None or isinstance(value, bool) else "busy"
    return Node(f"{label}{msgspec.json.encode(value).decode()}", tone)


def _text(label: str, value: str, depth: int) -> Node:
    if "\n" in value or len(value) > SHOWN_CHARACTERS:
        title = f"{label}text, {len(value):,} characters"
        return Node(title, "", lambda: text_nodes(value), folded=depth < 1)
    return Node(f'{label}"{value}"', "good")


def _container(title: str, items: Sequence[tuple[str, object]], depth: int, preview: str) -> Node:
    if not items:
        return Node(title, "dim")

    def below() -> list[Node]:
        nodes = [json_node(value, name, depth - 1) for name, value in items[:SHOWN_ITEMS]]
        if len(items) > SHOWN_ITEMS:
            nodes.append(_hidden(len(items) - SHOWN_ITEMS, "items"))
        return nodes

    return Node(f"{title}  {preview}" if depth < 1 else title, "", below, folded=depth < 1)


def _hidden(number: int, what: str) -> Node:
    sentence = f"… {number:,} more {what} are not shown: y copies all, x exports the line"
    return Node(sentence, "warn")
