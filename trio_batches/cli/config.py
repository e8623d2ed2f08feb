"""`config`: what the app is set to, and where that comes from."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import msgspec

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.options import json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import print_table, write_line, write_objects
from trio_batches.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator

    from tui.config import Configuration

__all__ = ("config",)


@click.command()
@click.option("--path", "only_path", is_flag=True, help="Print where the file is, or would be.")
@click.option("--show", is_flag=True, help="Print the settings: what it does without options.")
@json_option
def config(*, only_path: bool, show: bool, as_json: bool) -> None:
    """Show the app's settings, and where each comes from.

    Flags go before the environment (TRIO_BATCHES_THEME and so on), that before the
    file, that before the defaults. The file is `config.toml` in the platform's folder
    for configuration, or what TRIO_BATCHES_CONFIG names.
    """
    if only_path and (show or as_json):
        raise click.UsageError("--path prints the path and nothing else")

    async def work() -> Exit:
        # Imported here: other commands do without the app's settings.
        from tui.config import config_path  # noqa: PLC0415
        from tui.state.settings import SETTINGS  # noqa: PLC0415

        if only_path:
            with _settings_errors():
                path = config_path(os.environ)
            await write_line(str(path))
            return Exit.DONE
        found = _load()
        rows = [
            (setting.name, getattr(found.settings, setting.name), found.origin(setting.name))
            for setting in SETTINGS
        ]
        if as_json:
            await write_objects(
                msgspec.json.encode({"name": name, "value": value, "origin": origin})
                for name, value, origin in rows
            )
        else:
            shown = [(name, _write_value(value), origin) for name, value, origin in rows]
            await print_table(("SETTING", "VALUE", "FROM"), shown)
        return Exit.DONE

    run(work)


def _load() -> Configuration:
    """Return what holds, its keys checked.

    Raises:
        ConfigurationError: The app would not start with it.
    """
    from tui.config import load_configuration  # noqa: PLC0415
    from tui.keymap import checked_keymap  # noqa: PLC0415

    with _settings_errors():
        found = load_configuration()
        checked_keymap(found)
        return found


@contextmanager
def _settings_errors() -> Generator[None]:
    """Turn the app's error into one of the command line's."""
    from tui.config import SettingsError  # noqa: PLC0415

    try:
        yield
    except SettingsError as error:
        raise ConfigurationError(str(error)) from error


def _write_value(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
