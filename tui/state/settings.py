"""What the user can set: declared once, for the file, its errors and the settings screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui.state.setting_values import (
    parse_seconds,
    parse_switch,
    parse_theme,
    read_columns,
    read_filters,
    read_keys,
    read_seconds,
    read_switch,
    read_theme,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ("SETTINGS", "Setting", "Settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that hold, wherever they come from.

    Attributes:
        theme: One of `THEME_NAMES`.
        poll_interval: Seconds between two looks at batches that have not ended.
        read_only: Whether every action that writes is taken away.
        clock: Whether the header shows the time of day.
        mouse: Whether the app takes the terminal's mouse.
        animations: Whether anything moves that could stand still.
        hidden_columns: The columns of the batch list that are not shown.
        filters: The user's filters by name.
        keys: The user's keys, separated by commas, by action id.
    """

    theme: str = "dark"
    poll_interval: float = 10.0
    read_only: bool = False
    clock: bool = False
    mouse: bool = True
    animations: bool = True
    hidden_columns: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict[str, str])
    keys: Mapping[str, str] = field(default_factory=dict[str, str])


class Setting(NamedTuple):
    """One thing that can be set.

    Attributes:
        name: Its key in the file, and its attribute of `Settings`.
        help: A few words.
        read: Returns what a value of the file stands for; `UnusableValueError` if nothing.
        parse: The same for a text of the environment; none if it cannot be set there.
    """

    name: str
    help: str
    read: Callable[[object], object]
    parse: Callable[[str], object] | None = None

    @property
    def variable(self) -> str:
        """The environment variable that sets it, if one does."""
        return f"TRIO_BATCHES_{self.name.upper()}" if self.parse else ""

    @property
    def flag(self) -> str:
        """How a command line names it."""
        return f"--{self.name.replace('_', '-')}"


SETTINGS: tuple[Setting, ...] = (
    Setting("theme", "dark, light, high-contrast or ansi", read_theme, parse_theme),
    Setting(
        "poll_interval",
        "seconds between two looks at running batches",
        read_seconds,
        parse_seconds,
    ),
    Setting("read_only", "nothing can be changed on the service", read_switch, parse_switch),
    Setting("clock", "the header shows the time of day", read_switch, parse_switch),
    Setting("mouse", "the app takes clicks and the wheel", read_switch, parse_switch),
    Setting("animations", "what can move, moves", read_switch, parse_switch),
    Setting("hidden_columns", "columns that the batch list leaves out", read_columns),
    Setting("filters", "filters by name", read_filters),
    Setting("keys", "keys by the id of their action", read_keys),
)
"""Every setting, in the order in which they are shown."""
