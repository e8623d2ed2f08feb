"""The keys that work where one is, each with its sentence and its command."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, cast

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from tui.state.commands import command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App, ComposeResult
    from textual.binding import BindingType

    from tui.widgets.offers import Offer, Place

__all__ = ("HelpScreen",)

_TITLES: dict[Place, str] = {"pane": "This pane", "screen": "This screen", "app": "Everywhere"}
_NAME_CELLS = 16
_SENTENCE_CELLS = 40
_MOST_CELLS = 110
_FRAME_CELLS = 8  # border, padding and scroll bar


class HelpScreen(ModalScreen[None]):
    """Lists what is offered; made from the actions, so that it cannot say what is not so."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Close"),
        Binding("j", "scroll('down')", "Down", show=False),
        Binding("k", "scroll('up')", "Up", show=False),
        Binding("space", "scroll('page_down')", "Page down", show=False),
        Binding("g", "scroll('home')", "Top", show=False),
        Binding("G", "scroll('end')", "Bottom", show=False),
    ]

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self._offers = offers

    @override
    def compose(self) -> ComposeResult:
        """Show the list in a pane that scrolls."""
        with VerticalScroll(id="help", can_focus=True) as pane:
            pane.border_title = "Keys"
            pane.border_subtitle = "esc closes"
            yield Static(help_text(self._offers, self._cells()), id="offers", markup=False)

    def on_resize(self) -> None:
        """Wrap the sentences to another width."""
        text = help_text(self._offers, self._cells())
        self.call_after_refresh(self.query_one("#offers", Static).update, text)

    def _cells(self) -> int:
        """Return how wide the sentences may be."""
        app = cast("App[None]", self.app)  # pyright: ignore[reportUnknownMemberType]
        return min(_MOST_CELLS, app.size.width) - _FRAME_CELLS

    def action_scroll(self, where: str) -> None:
        """Scroll as far as a name says."""
        pane = self.query_one(VerticalScroll)
        moves = {
            "down": pane.scroll_down,
            "up": pane.scroll_up,
            "page_down": pane.scroll_page_down,
            "home": pane.scroll_home,
            "end": pane.scroll_end,
        }
        moves[where](animate=False)


def help_text(offers: Sequence[Offer], width: int) -> Content:
    """Return the list: for each place its actions, with keys, name, sentence and command."""
    keys = max((cell_len(offer.keys) for offer in offers), default=0) + 2
    names = min(_NAME_CELLS, max((cell_len(offer.name) for offer in offers), default=0) + 2)
    indent = keys + names if width - keys - names >= _SENTENCE_CELLS else keys
    blocks: list[Content] = []
    for place, title in _TITLES.items():
        chosen = [offer for offer in offers if offer.place == place]
        if chosen:
            lines = [Content.styled(title, "bold $accent")]
            lines += [_entry(offer, keys, indent, width) for offer in chosen]
            blocks.append(Content("\n").join(lines))
    return Content("\n\n").join(blocks)


def _entry(offer: Offer, keys: int, indent: int, width: int) -> Content:
    """Return an action's lines: where there is no room beside its name, its sentence goes below."""
    head = Content.assemble((set_cell_size(offer.keys, keys), "bold $primary"), offer.name)
    room = max(1, width - indent)
    sentence = offer.help if offer.help != offer.name else ""
    rest = [Content.styled(line, "$text-muted") for line in wrap(sentence, room)]
    if offer.cli:
        rest += [
            Content.styled(line, "$accent") for line in wrap(f"$ {command_line(offer.cli)}", room)
        ]
    lines = [Content(" " * indent) + line for line in rest]
    gap = indent - head.cell_length
    if gap > 0 and rest:
        lines[0] = head + Content(" " * gap) + rest[0]
    else:
        lines.insert(0, head)
    return Content("\n").join(lines)
