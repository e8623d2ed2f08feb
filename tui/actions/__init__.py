"""Every action once: its id, key, name, help and the command that does the same.

Bindings, help, palette and the user's key map are made from these tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = ("Action", "bindings")


class Action(NamedTuple):
    """Something the user can do.

    Attributes:
        id: What a key map calls it, such as `batches.delete`.
        keys: The keys, separated by commas, as Textual names them.
        name: One or two words for footer, help and palette.
        does: The Textual action of the screen or widget that offers it.
        help: A sentence.
        cli: The command that does the same; `{ids}` stands for the batches.
        writes: Whether it changes something on the service: `--read-only` takes it away.
        footer: Whether the footer shows it.
        at_once: Whether it is done before any later key is looked at. What moves the
            focus must be: otherwise, typed fast, the next key goes to the wrong place.
            What the app does at once it does above dialogs and menus, too; where its key
            is a letter, not while one types.
    """

    id: str
    keys: str
    name: str
    does: str
    help: str
    cli: str = ""
    writes: bool = False
    footer: bool = False
    at_once: bool = False


def bindings(actions: tuple[Action, ...]) -> list[BindingType]:
    """Return the bindings of a screen's or widget's actions."""
    return [
        Binding(
            action.keys,
            action.does,
            action.name,
            show=action.footer,
            tooltip=action.help,
            id=action.id,
            priority=action.at_once,
        )
        for action in actions
    ]
