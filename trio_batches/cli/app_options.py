"""Options of the commands that show the app."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import click

from tui.state.setting_values import THEME_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("app_options", "is_terminal", "need_terminal")

F = TypeVar("F", bound="Callable[..., object]")


def app_options(function: F) -> F:
    """Add `--read-only` and `--theme`; both are None where nothing is said."""
    read_only = click.option(
        "--read-only", is_flag=True, default=None, help="The app changes nothing on the service."
    )
    theme = click.option("--theme", type=click.Choice(THEME_NAMES), help="The app's colours.")
    return read_only(theme(function))


def is_terminal() -> bool:
    """Tell whether the app can be shown."""
    return os.isatty(0) and os.isatty(1)  # `sys` has no streams where they are closed


def need_terminal(otherwise: str = "the commands do without: see --help") -> None:
    """Raise unless the app can be shown.

    Args:
        otherwise: What to do without one.

    Raises:
        click.UsageError: Standard input or output is no terminal.
    """
    if not is_terminal():
        raise click.UsageError(f"the app needs a terminal; {otherwise}")
