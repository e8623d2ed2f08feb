"""Write what was changed in the app into the user's file, leaving all else as it is."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.config import CHANGED, FILE, SettingsError, line_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.config import Configuration

__all__ = ("save_changes", "with_values")


def save_changes(configuration: Configuration) -> Configuration:
    """Write the settings that were changed in the app, and return what holds then.

    Raises:
        SettingsError: The file cannot be written, or has a value in a form that only
            its owner should change; it is as it was.
    """
    names = [name for name, source in configuration.sources.items() if source == CHANGED]
    values = {name: getattr(configuration.settings, name) for name in names}
    if not values:
        return configuration
    path = configuration.path
    try:
        text = path.read_bytes().decode()  # someone else may have written meanwhile
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    text = with_values(path, text, values)
    try:
        _write(path, text)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    sources = {**configuration.sources, **dict.fromkeys(names, FILE)}
    return replace(configuration, sources=sources, text=text)


def with_values(path: Path, text: str, values: Mapping[str, object]) -> str:
    """Return a TOML text with other values of some of its own keys, comments and order kept.

    Raises:
        SettingsError: It is no TOML, or has a value in a form that is not simple.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is no TOML any more: {error}") from error
    lines = text.split("\n")
    for name, value in values.items():
        if name not in document:
            lines.insert(0, f"{name} = {_written(value)}")
            continue
        line = line_of("\n".join(lines), name)
        found = re.fullmatch(r"""([^=]*=\s*)("[^"]*"|'[^']*'|[^\s#"']+)(.*)""", lines[line - 1])
        if found is None:
            raise SettingsError(f"{path}, line {line}: {name}: change this one there, by hand")
        lines[line - 1] = f"{found[1]}{_written(value)}{found[3]}"
    changed = "\n".join(lines)
    with suppress(tomllib.TOMLDecodeError):
        if tomllib.loads(changed) == {**document, **values}:
            return changed
    raise SettingsError(f"{path}: change {', '.join(values)} there, by hand")


def _written(value: object) -> str:
    """Return a theme, a switch or a number as TOML has it."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case _:
            return f'"{value}"'


def _write(path: Path, text: str) -> None:
    """Replace a file at once; where it is a link, what it leads to."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(text.encode())
    if path.exists():
        part.chmod(path.stat().st_mode)
    part.replace(path)
