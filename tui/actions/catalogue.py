"""All actions, by the screen that offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions.activity import ACTIVITY
from tui.actions.app import APP
from tui.actions.batch import BATCH
from tui.actions.batches import BATCHES, VERBS
from tui.actions.jobs import JOBS
from tui.actions.outline import OUTLINE
from tui.actions.record import RECORD
from tui.actions.results import RESULTS
from tui.actions.settings import SETTINGS_SCREEN
from tui.actions.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.actions import Action

__all__ = ("ACTIONS", "OFFERED")

OFFERED: Mapping[str, tuple[Action, ...]] = {
    "batches": (*TABLE, *BATCHES, *VERBS, *APP),
    "batch": (*BATCH, *VERBS, *APP),
    "results": (*TABLE, *RESULTS, *APP),
    "record": (*OUTLINE, *RECORD, *APP),
    "jobs": (*TABLE, *JOBS, *APP),
    "activity": (*TABLE, *ACTIVITY, *APP),
    "settings": (*SETTINGS_SCREEN, *APP),
}
"""What can be done at once on each screen: its keys must not clash."""

ACTIONS: Mapping[str, Action] = {
    action.id: action for table in OFFERED.values() for action in table
}
"""Every action by its id."""
