"""Start the app as flags, environment and file say."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.app import Options
from tui.config import SettingsError, load_configuration
from tui.keymap import checked_keymap
from tui.run import run

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("start",)

_USAGE = 2
"""The exit code of the command line."""


def start(
    options: Options | None = None,
    flags: Mapping[str, object] | None = None,
    *,
    poll_interval: float | None = None,
) -> int:
    """Show the app until the user leaves it, and return the exit code of the process.

    Settings that cannot be used end it before it begins, with a line that says where.

    Args:
        options: What the settings do not say.
        flags: Settings that the command line names; None where it says nothing.
        poll_interval: Seconds between two looks at a service that nobody pays for.
    """
    try:
        configuration = load_configuration(flags)
        checked_keymap(configuration)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    if poll_interval is not None:
        configuration = configuration.impose("the demo", poll_interval=poll_interval)
    return run(replace(options or Options(), configuration=configuration))
