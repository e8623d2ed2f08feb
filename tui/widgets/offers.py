"""What the user can do at this moment: for help and for the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from textual.app import App
from textual.screen import Screen

from tui.actions.catalogue import ACTIONS
from tui.keymap import show_keys

if TYPE_CHECKING:
    from textual.binding import ActiveBinding
    from textual.dom import DOMNode

__all__ = ("Offer", "Place", "offers_of")

Place = Literal["pane", "screen", "app"]


class Offer(NamedTuple):
    """An action that is offered.

    Attributes:
        name: What it is called.
        keys: Its keys as one reads them, those that the user chose included.
        help: A sentence.
        cli: The command that does the same, `{ids}` for the batches; none if empty.
        place: Whether the focused pane offers it, the screen, or the app everywhere.
        does: Textual's action.
        node: Where that action is looked for.
        enabled: Whether it can be done now.
    """

    name: str
    keys: str
    help: str
    cli: str
    place: Place
    does: str
    node: DOMNode
    enabled: bool


def offers_of(screen: Screen[object]) -> list[Offer]:
    """Return what a screen offers: the focused pane's actions, the screen's, the app's.

    Of a pane without actions of its own, such as a line for typing, every binding is
    told; else those of the toolkit are left out.
    """
    keys: dict[tuple[DOMNode, str], list[str]] = {}
    active: dict[tuple[DOMNode, str], ActiveBinding] = {}
    for key, found in screen.active_bindings.items():
        if found.binding.description:
            place = (found.node, found.binding.action)
            keys.setdefault(place, []).append(key)
            if place not in active or found.binding.id in ACTIONS:
                active[place] = found
    ours = {node for (node, _), found in active.items() if found.binding.id in ACTIONS}
    return [
        _offer(found, keys[node, does])
        for (node, does), found in active.items()
        if found.binding.id in ACTIONS or not (node in ours or isinstance(node, (Screen, App)))
    ]


def _offer(found: ActiveBinding, keys: list[str]) -> Offer:
    binding = found.binding
    action = ACTIONS.get(binding.id or "")
    return Offer(
        name=binding.description,
        keys=show_keys(",".join(keys)),
        help=action.help if action else binding.tooltip or binding.description,
        cli=action.cli if action else "",
        place=_place(found.node),
        does=binding.action,
        node=found.node,
        enabled=found.enabled,
    )


def _place(node: DOMNode) -> Place:
    if isinstance(node, Screen):
        return "screen"
    return "app" if isinstance(node, App) else "pane"
