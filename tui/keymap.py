"""The user's keys: checked, and as Textual takes them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, format_key

from tui.actions.catalogue import ACTIONS, OFFERED
from tui.config import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.actions import Action
    from tui.config import Configuration

__all__ = ("checked_keymap", "key_of", "show_keys")

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "meta", "super", "hyper"})
_NAMES = frozenset(key.value for key in Keys) | frozenset(KEY_NAME_REPLACEMENTS.values())


def checked_keymap(
    configuration: Configuration,
    actions: Mapping[str, Action] = ACTIONS,
    offered: Mapping[str, tuple[Action, ...]] = OFFERED,
) -> dict[str, str]:
    """Return the user's keys by action id, for `App.set_keymap`.

    Args:
        configuration: Whose keys they are; it knows their lines.
        actions: Every action by its id.
        offered: The actions that are offered at once, by screen.

    Raises:
        SettingsError: There is no such action, no such key, or a screen has the key twice.
    """
    keymap: dict[str, str] = {}
    for name, keys in configuration.settings.keys.items():
        if name not in actions:
            hint = nearest(name, list(actions))
            raise configuration.refuse(f"keys.{name}", f"no action has this id{hint}")
        for key in keys.split(","):
            if not _is_key(key.strip()):
                what = f"{key.strip()!r} is no key; say one such as d, ctrl+d, f5 or slash"
                raise configuration.refuse(f"keys.{name}", what)
        keymap[name] = ",".join(_normal_keys(keys))
    for screen, table in offered.items():
        _refuse_clashes(configuration, keymap, screen, table)
    return keymap


def key_of(name: str, keymap: Mapping[str, str]) -> str:
    """Return the first key of an action, as one reads it.

    Args:
        name: The action's id.
        keymap: The user's keys, as `checked_keymap` returns them.
    """
    keys = keymap.get(name, ACTIONS[name].keys)
    return _show(_normal_keys(keys)[0])


def show_keys(keys: str) -> str:
    """Return keys, separated by commas, as help and footer show them: `^d F1 ?`."""
    return " ".join(_show(key) for key in _normal_keys(keys))


def _refuse_clashes(
    configuration: Configuration, keymap: Mapping[str, str], screen: str, table: Iterable[Action]
) -> None:
    """Raise where a key of the user's is another action's too; the defaults are our affair."""
    taken: dict[str, Action] = {}
    for action in table:
        for key in _normal_keys(keymap.get(action.id, action.keys)):
            other = taken.setdefault(key, action)
            if other is action or not {action.id, other.id} & keymap.keys():
                continue
            mine, theirs = (action, other) if action.id in keymap else (other, action)
            what = (
                f"{_show(key)} is {theirs.id}'s ({theirs.name}) too, on the screen {screen}: "
                f"give one of the two another key"
            )
            raise configuration.refuse(f"keys.{mine.id}", what)


def _normal_keys(keys: str) -> list[str]:
    """Return keys as Textual names them: `slash` for `/`."""
    return [binding.key for binding in Binding.make_bindings([Binding(keys, "none")])]


def _is_key(key: str) -> bool:
    if len(key) == 1:
        return key.isprintable() and not key.isspace()
    *modifiers, last = key.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    return key in _NAMES or last in _NAMES or len(last) == 1 or _is_character_name(last)


def _is_character_name(name: str) -> bool:
    """Tell whether a name is that of a character, such as `asterisk` or `question_mark`."""
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return name.islower()


def _show(key: str) -> str:
    *modifiers, last = key.split("+")
    shown = format_key(last)
    if "ctrl" in modifiers:
        modifiers.remove("ctrl")
        shown = f"^{shown}"
    return "+".join((*modifiers, shown))
