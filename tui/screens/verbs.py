"""What the list and the screen of one batch have in common: the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from tui.actions import bindings
from tui.actions.batches import BATCHES, VERBS
from tui.screens.app_screen import AppScreen
from tui.widgets.job_line import JobLine

if TYPE_CHECKING:
    from textual.binding import BindingType


__all__ = ("VerbScreen",)

_WRITING = frozenset(action.does for action in (*VERBS, *BATCHES) if action.writes)


class VerbScreen(AppScreen):
    """A screen on which something can be done with batches; it has a `JobLine`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(VERBS)]

    def on_mount(self) -> None:
        """Follow what runs."""
        self.batches_app.jobs_changed.subscribe(self, lambda _: self._tell_jobs())
        self._tell_jobs()

    def _tell_jobs(self) -> None:
        self.query_one(JobLine).tell(self.batches_app.jobs.running)

    def targets(self) -> tuple[str, ...]:
        """Return the ids of the batches that a verb is for."""
        raise NotImplementedError

    def current(self) -> str | None:
        """Return the id of the one batch that is looked at."""
        return next(iter(self.targets()), None)

    def hidden(self) -> int:
        """Return how many of the targets a filter hides."""
        return 0

    def step_back(self) -> bool:
        """Clear what is set on this screen; return False if there is nothing, to leave it."""
        return False

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what writes only where writing is allowed."""
        if self.batches_app.options.read_only and _written(action, parameters) in _WRITING:
            return False
        return super().check_action(action, parameters)

    def action_verb(self, name: str) -> None:
        """Do something with the targets."""
        targets = self.targets()
        if not targets:
            self.notify("there is no batch here", severity="warning")
            return
        from tui import verbs  # noqa: PLC0415  # the first screen does not need it

        self.run_worker(
            verbs.VERBS[name](self.batches_app, targets, self.hidden()), exit_on_error=True
        )

    def action_results(self) -> None:
        """Open the results of the batch that is looked at."""
        from tui import verbs  # noqa: PLC0415  # the first screen does not need it

        batch_id = self.current()
        if batch_id is not None:
            self.run_worker(verbs.open_results(self.batches_app, batch_id, self), group="results")


def _written(action: str, parameters: tuple[object, ...]) -> str:
    """Return an action as it is written in a binding."""
    return f"{action}({', '.join(map(repr, parameters))})" if parameters else action
