"""What surrounds the screens: help, palette, settings and activity of any of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.screens.batches import BatchesScreen
from tui.state.choices import Choice, find_batches
from tui.state.commands import command_line
from tui.themes import THEMES
from tui.widgets.offers import Offer, offers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from tui.app import BatchesApp
    from tui.widgets.offers import Place

_ORDER: tuple[Place, ...] = ("screen", "pane", "app")
"""What a screen is for comes first in the palette, before moving about."""

__all__ = ("show_activity", "show_help", "show_palette", "show_settings")


def show_help(app: BatchesApp) -> None:
    """Show the keys of the focused pane, of the screen and of the app."""
    from tui.screens.help import HelpScreen  # noqa: PLC0415  # each is loaded when it is opened

    app.push_screen(HelpScreen(offers_of(app.screen)))


def show_palette(app: BatchesApp) -> None:
    """Let the user choose among all that can be done here, and do it."""
    from tui.screens.palette import PaletteScreen  # noqa: PLC0415

    def do(choice: Choice | None) -> None:
        if choice is not None:
            choice.do()

    find = partial(find_batches, batches=app.batches.known, open_batch=app.open_batch)
    app.push_screen(PaletteScreen(_choices(app), find), do)


def show_settings(app: BatchesApp) -> None:
    """Show what is set and where it comes from; some of it can be changed there."""
    from tui.screens.settings import SettingsScreen  # noqa: PLC0415

    if not isinstance(app.screen, SettingsScreen):
        app.push_screen(SettingsScreen())


def show_activity(app: BatchesApp) -> None:
    """Show what was done since the app was started."""
    from tui.screens.activity import ActivityScreen  # noqa: PLC0415

    if not isinstance(app.screen, ActivityScreen):
        app.push_screen(ActivityScreen())


def _choices(app: BatchesApp) -> list[Choice]:
    """Return what an empty line of the palette lists."""
    screen, settings = app.screen, app.options.configuration.settings
    targets = _targets(screen)
    offers = sorted(offers_of(screen), key=lambda offer: _ORDER.index(offer.place))
    choices = [_choice(app, offer, targets) for offer in offers if offer.enabled]
    if isinstance(screen, BatchesScreen):  # results have other keys
        choices += [
            Choice(f"Filter: {name}", text, partial(screen.filter_bar.fill, text))
            for name, text in settings.filters.items()
        ]
    choices += [
        Choice(
            f"Theme: {name}",
            "what it is now" if name == app.theme else "change to it",
            partial(app.apply, replace(settings, theme=name)),
            cli=f"trio-batches --theme {name}",
        )
        for name in THEMES
    ]
    return choices


def _choice(app: BatchesApp, offer: Offer, targets: Sequence[str]) -> Choice:
    return Choice(
        offer.name,
        offer.help,
        partial(app.call_later, app.run_action, offer.does, offer.node),
        offer.keys,
        command_line(offer.cli, targets, short=True),
    )


def _targets(screen: Screen[object]) -> Sequence[str]:
    """Return the batches that a screen's actions are for."""
    from tui.screens.verbs import VerbScreen  # noqa: PLC0415

    return screen.targets() if isinstance(screen, VerbScreen) else ()
