"""What the values of the settings may be, as the file and as the environment write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tui.state.batches import COLUMNS, KINDS
from tui.state.filter import FilterError, parse_filter

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = (
    "THEME_NAMES",
    "UnusableValueError",
    "parse_seconds",
    "parse_switch",
    "parse_theme",
    "read_columns",
    "read_filters",
    "read_keys",
    "read_seconds",
    "read_switch",
    "read_theme",
    "write_value",
)

THEME_NAMES = ("dark", "light", "high-contrast", "ansi")
"""The themes, the default first."""

FASTEST_POLL = 10.0
"""Seconds: what the service asks for between two looks at a batch that has not ended."""

SLOWEST_POLL = 24 * 3600.0
"""Seconds: a batch ends within a day."""

_PACE = f"seconds from {FASTEST_POLL:g}, the service's own pace, to {SLOWEST_POLL:g}"
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})
_LONG = 60


class UnusableValueError(ValueError):
    """A value is not what its setting takes.

    Attributes:
        key: Where inside the setting, with dots; empty if it is the setting itself.
    """

    def __init__(self, expected: str, value: object, key: str = "") -> None:
        self.key: str = key
        super().__init__(f"expected {expected}, not {write_value(value)}")


def write_value(value: object) -> str:
    """Return a value as the file would have it, harmless and short."""
    match value:
        case bool():
            return str(value).lower()
        case dict() | list() | tuple() if not value:
            return "none"
        case dict():
            return "a table"
        case float():
            return f"{value:g}"
        case _:
            shown = repr(value)  # shows control characters as escapes
            return shown if len(shown) <= _LONG else f"{shown[: _LONG - 1]}…"


def read_theme(value: object) -> str:
    """Return the name of a theme."""
    if isinstance(value, str) and value in THEME_NAMES:
        return value
    raise UnusableValueError(f"one of {', '.join(THEME_NAMES)}", value)


def parse_theme(text: str) -> str:
    """Return the theme that a text names."""
    return read_theme(text.strip())


def read_seconds(value: object) -> float:
    """Return the seconds between two looks: never less than the service asks for."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and FASTEST_POLL <= cast("float", value) <= SLOWEST_POLL:
        return float(cast("float", value))
    raise UnusableValueError(_PACE, value)


def parse_seconds(text: str) -> float:
    """Return the seconds that a text names."""
    try:
        seconds = float(text)
    except ValueError:
        raise UnusableValueError(_PACE, text) from None
    return read_seconds(seconds)


def read_switch(value: object) -> bool:
    """Return whether something is on."""
    if isinstance(value, bool):
        return value
    raise UnusableValueError("true or false", value)


def parse_switch(text: str) -> bool:
    """Return whether a text means yes."""
    word = text.strip().casefold()
    if word in _YES | _NO:
        return word in _YES
    raise UnusableValueError("1 or 0, true or false, yes or no, on or off", text)


def read_columns(value: object) -> tuple[str, ...]:
    """Return the names of columns of the batch list."""
    known = [column.name for column in COLUMNS]
    names = _texts(value)
    if names is None or not set(names) <= set(known):
        raise UnusableValueError(f"an array of some of {', '.join(known)}", value)
    return tuple(names)


def read_filters(value: object) -> dict[str, str]:
    """Return filters of the batch list by name."""
    filters: dict[str, str] = {}
    for name, text in _entries(value, 'a table such as failed = "errored:>0"'):
        if not isinstance(text, str):
            raise UnusableValueError("a filter in quotes", text, name)
        try:
            parse_filter(text, KINDS)
        except FilterError as error:
            raise UnusableValueError(f"a filter ({error})", text, name) from error
        filters[name] = text
    return filters


def read_keys(value: object) -> dict[str, str]:
    """Return keys, separated by commas, by action id.

    `"batches.delete" = "D"`, `batches.delete = ["D", "ctrl+d"]` and a table
    `[keys.batches]` say the same in three ways.
    """
    return dict(_keys_in(value, ""))


def _keys_in(value: object, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield action ids and keys of a table and of the tables in it."""
    for name, entry in _entries(value, 'a table such as "batches.delete" = "D"'):
        if isinstance(entry, dict):
            yield from _keys_in(cast("object", entry), f"{prefix}{name}.")
            continue
        names = [entry] if isinstance(entry, str) else _texts(entry)
        if not names or not all(each.strip(", ") for each in names):
            expected = 'a key such as "ctrl+d", or an array of keys'
            raise UnusableValueError(expected, entry, f"{prefix}{name}")
        yield f"{prefix}{name}", ",".join(each.strip() for each in names)


def _texts(value: object) -> list[str] | None:
    """Return an array of texts, or None if it is something else."""
    if not isinstance(value, list):
        return None
    items = cast("list[object]", value)
    texts = [item for item in items if isinstance(item, str)]
    return texts if len(texts) == len(items) else None


def _entries(value: object, expected: str) -> list[tuple[str, object]]:
    if not isinstance(value, dict):
        raise UnusableValueError(expected, value)
    return list(cast("dict[str, object]", value).items())
