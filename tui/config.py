"""The settings that hold: flags before environment before file before defaults."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tui.state.setting_values import UnusableValueError
from tui.state.settings import SETTINGS, Setting, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("Configuration", "SettingsError", "config_path", "load_configuration", "nearest")

FILE = "file"
CHANGED = "changed in the app"
_SYNTAX_ERROR = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+).*|end of document)\)", re.DOTALL
)


class SettingsError(Exception):
    """A setting is not what it may be; the text is a line that says where, and what may be."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, and where each comes from.

    Attributes:
        settings: What holds.
        sources: By setting, what has set it: a flag, a variable, or the file; others
            have their default.
        path: The file, whether it is there or not.
        text: What is in it.
    """

    settings: Settings = field(default_factory=Settings)
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    path: Path = field(default_factory=Path)
    text: str = ""

    def origin(self, name: str) -> str:
        """Return where a setting comes from, with its line if that is the file."""
        source = self.sources.get(name, "default")
        return f"{self.path}, line {line_of(self.text, name)}" if source == FILE else source

    def change(self, settings: Settings) -> Configuration:
        """Return the configuration with other settings; what differs comes from the user."""
        differing = [
            setting.name
            for setting in SETTINGS
            if getattr(settings, setting.name) != getattr(self.settings, setting.name)
        ]
        sources = {**self.sources, **dict.fromkeys(differing, CHANGED)}
        return replace(self, settings=settings, sources=sources)

    def impose(self, source: str, *, poll_interval: float) -> Configuration:
        """Return the configuration with a pace that the user has not chosen: it is not written."""
        settings = replace(self.settings, poll_interval=poll_interval)
        return replace(self, settings=settings, sources={**self.sources, "poll_interval": source})

    def refuse(self, key: str, what: str) -> SettingsError:
        """Return the error of a key of the file, such as `keys.batches.delete`."""
        return _refuse(self.path, self.text, key, what)


def config_path(environment: Mapping[str, str]) -> Path:
    """Return where the file is: as `TRIO_BATCHES_CONFIG` says, or in the platform's folder.

    Raises:
        SettingsError: The variable names the home of a user that there is none of.
    """
    named = environment.get("TRIO_BATCHES_CONFIG")
    if named:
        try:
            return Path(named).expanduser().absolute()
        except RuntimeError:
            raise SettingsError(
                f"TRIO_BATCHES_CONFIG is {named}: there is no such user; write the whole path"
            ) from None
    # Imported here: it is not needed where a file is named.
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("trio_batches", appauthor=False) / "config.toml"


def load_configuration(
    flags: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None
) -> Configuration:
    """Find out which settings hold.

    Args:
        flags: Values of the command line by setting; None where nothing was said.
        environment: The process's own if absent.

    Raises:
        SettingsError: Something of it cannot be read or used.
    """
    environment = os.environ if environment is None else environment
    path = config_path(environment)
    text = _read(path, must_exist=bool(environment.get("TRIO_BATCHES_CONFIG")))
    document = _parse(path, text)
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    if _has_few_colours(environment):
        values["theme"], sources["theme"] = "ansi", "TERM"
    for name, value in document.items():
        values[name] = _value_of_file(path, text, name, value)
        sources[name] = FILE
    for setting in SETTINGS:
        found = _value_of_environment(setting, environment)
        if found is not None:
            sources[setting.name], values[setting.name] = found
        flag = (flags or {}).get(setting.name)
        if flag is not None:
            sources[setting.name], values[setting.name] = setting.flag, _check_flag(setting, flag)
    return Configuration(Settings(**cast("dict[str, Any]", values)), sources, path, text)


def line_of(text: str, key: str) -> int:
    """Return the line on which a key of a TOML text, named with dots, is set.

    The text without its last lines is parsed, shorter and shorter: what is there up
    to a line, but not before it, is said on that line. A value of several lines
    makes a text that ends inside it invalid, and so counts as said on its first one.
    """
    lines = [f"{line}\n" for line in text.split("\n")]
    start = 1
    for count in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(document, key):
            return start
        start = count + 1
    return len(lines)


def _has(value: object, key: str) -> bool:
    """Tell whether a table has a key, in whatever way the names between the dots are nested."""
    if not isinstance(value, dict):
        return False
    table = cast("dict[str, object]", value)
    return key in table or any(
        key.startswith(f"{name}.") and _has(inner, key[len(name) + 1 :])
        for name, inner in table.items()
    )


def _read(path: Path, *, must_exist: bool) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not must_exist:
            return ""
        raise SettingsError(f"{path}: no such file: TRIO_BATCHES_CONFIG names it") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: byte {error.start} is not UTF-8") from error
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_ERROR.fullmatch(str(error))
        line = (found and found["line"]) or text.count("\n") + 1
        what = found["what"] if found else str(error)
        raise SettingsError(f"{path}, line {line}: this is no TOML: {what}") from error
    for name in document:
        if name not in Settings.__dataclass_fields__:
            known = [setting.name for setting in SETTINGS]
            raise _refuse(path, text, name, f"unknown key{nearest(name, known)}")
    return document


def nearest(name: str, known: list[str]) -> str:
    """Return the end of a sentence that names what may have been meant."""
    # Imported here: only who errs needs it.
    from difflib import get_close_matches  # noqa: PLC0415

    found = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else f"; known are {', '.join(known)}"


def _value_of_file(path: Path, text: str, name: str, value: object) -> object:
    setting = next(setting for setting in SETTINGS if setting.name == name)
    try:
        return setting.read(value)
    except UnusableValueError as error:
        key = f"{name}.{error.key}" if error.key else name
        raise _refuse(path, text, key, str(error)) from error


def _value_of_environment(
    setting: Setting, environment: Mapping[str, str]
) -> tuple[str, object] | None:
    text = environment.get(setting.variable) if setting.parse else None
    if setting.parse and text:
        try:
            return setting.variable, setting.parse(text)
        except UnusableValueError as error:
            raise SettingsError(f"{setting.variable}: {error}") from error
    if setting.name == "theme" and environment.get("NO_COLOR"):
        return "NO_COLOR", "ansi"
    return None


def _has_few_colours(environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal has 16 colours, or fewer, of its own."""
    term = environment.get("TERM", "")
    return not environment.get("COLORTERM") and (
        term in ("ansi", "dumb", "linux", "vt100", "vt220") or term.endswith("-16color")
    )


def _check_flag(setting: Setting, value: object) -> object:
    try:
        return setting.read(value)
    except UnusableValueError as error:
        raise SettingsError(f"{setting.flag}: {error}") from error


def _refuse(path: Path, text: str, key: str, what: str) -> SettingsError:
    shown = key if key.isprintable() else repr(key)
    return SettingsError(f"{path}, line {line_of(text, key)}: {shown}: {what}")
