"""What is set, where it comes from, and what can be changed while the app runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import getters, on
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from tui.actions import bindings
from tui.actions.settings import SETTINGS_SCREEN
from tui.config import SettingsError
from tui.screens.app_screen import AppScreen
from tui.state.plain import plain_line
from tui.state.setting_values import THEME_NAMES, write_value
from tui.state.settings import SETTINGS, Setting, Settings
from tui.widgets.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.config import Configuration

T = TypeVar("T")

__all__ = ("SettingsScreen", "changed")

_NAME_CELLS = 17
_VALUE_CELLS = 14
_PACES = (10.0, 20.0, 30.0, 60.0, 300.0)


class SettingsScreen(AppScreen):
    """A list of settings; what is changed holds until the app ends."""

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SETTINGS_SCREEN)]

    options = getters.query_one(Menu)
    place = getters.query_one("#place", Static)

    @override
    def compose(self) -> ComposeResult:
        """Show the settings, and where the file is."""
        yield Static("Settings", id="title", markup=False)
        yield Menu(compact=True)
        yield Static(id="place", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show what is set."""
        self._show()
        self.options.focus()

    def _show(self) -> None:
        row = self.options.highlighted or 0
        configuration = self.batches_app.options.configuration
        self.options.set_options(Option(_drawn(setting, configuration)) for setting in SETTINGS)
        self.options.highlighted = row
        self.place.update(
            Content.assemble(
                ("file      ", "$text-muted"),
                plain_line(str(configuration.path)),
                "\n",
                ("keys      ", "$text-muted"),
                '[keys]  "batch.download" = "D"',
                "\n",
                ("the same  ", "$text-muted"),
                ("$ trio-batches config --show", "$accent"),
            )
        )

    @on(OptionList.OptionSelected)
    def action_change(self) -> None:
        """Change the setting under the cursor."""
        name = SETTINGS[self.options.highlighted or 0].name
        before = self.batches_app.options.configuration.settings
        after = changed(before, name)
        if after == before:
            self.notify(f"{name} is changed in the file, or by a flag", markup=False)
            return
        self.batches_app.apply(after)
        self._show()

    def action_save(self) -> None:
        """Write what was changed into the file."""
        from tui.config_file import save_changes  # noqa: PLC0415  # few write it

        app = self.batches_app
        try:
            configuration = save_changes(app.options.configuration)
        except SettingsError as error:
            self.notify(plain_line(str(error)), severity="error", markup=False)
            return
        app.options = replace(app.options, configuration=configuration)
        self._show()
        self.notify(plain_line(f"{configuration.path} is up to date"), markup=False)


def changed(settings: Settings, name: str) -> Settings:
    """Return settings with another value of one of them, if the app can change it as it runs."""
    match name:
        case "theme":
            return replace(settings, theme=_next(THEME_NAMES, settings.theme))
        case "poll_interval":
            return replace(settings, poll_interval=_next(_PACES, settings.poll_interval))
        case "read_only":
            # Whoever started the app so, or wrote it down, is to take it back there.
            return replace(settings, read_only=True)
        case "animations":
            return replace(settings, animations=not settings.animations)
        case "clock":
            return replace(settings, clock=not settings.clock)
        case _:
            return settings


def _next(choices: Sequence[T], value: T) -> T:
    """Return the choice after a value; the first one after the last, or after another value."""
    place = choices.index(value) + 1 if value in choices else 0
    return choices[place % len(choices)]


def _drawn(setting: Setting, configuration: Configuration) -> Content:
    """Return a setting's two lines: its name and value, and what that means."""
    set_to: object = getattr(configuration.settings, setting.name)
    value = plain_line(set_to if isinstance(set_to, str) else write_value(set_to))
    origin = plain_line(configuration.origin(setting.name))
    return Content.assemble(
        (f"{setting.name:<{_NAME_CELLS}}", "bold"),
        (f"{value:<{_VALUE_CELLS}}", "$accent"),
        (f" {origin}", "$text-muted"),
        "\n",
        (f"  {setting.help}", "$text-muted"),
    )
