"""All actions, by the screen that offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.app import APP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.actions import Action

__all__ = ("ACTIONS", "OFFERED")

OFFERED: Mapping[str, tuple[Action, ...]] = {
    "app": APP,
}
"""What can be done at once on each screen: its keys must not clash."""

ACTIONS: Mapping[str, Action] = {
    action.id: action for table in OFFERED.values() for action in table
}
"""Every action by its id."""
