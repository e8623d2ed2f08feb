"""Options that several commands take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from typing_extensions import override

__all__ = ("Duration", "LabelText", "folder_option", "json_option", "yes_option")

F = TypeVar("F", bound=Callable[..., object])

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Duration(click.ParamType[float]):
    """A time span such as `90`, `90s`, `30m`, `2h` or `1d`, as seconds."""

    name = "time"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(value))
        if found is None:
            self.fail(f"{value!r} is no time: say 90s, 30m, 2h or 1d", param, ctx)
        return float(found[1]) * _UNITS[found[2]]


class LabelText(click.ParamType[str]):
    """A label or a note: text that the ledger can keep."""

    name = "text"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the text."""
        text = str(value)
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.fail("labels and notes are text in UTF-8", param, ctx)
        return text


def json_option(function: F) -> F:
    """Add `--json`."""
    add = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    return add(function)


def yes_option(function: F) -> F:
    """Add `--yes`."""
    return click.option("--yes", is_flag=True, help="Do not ask.")(function)


def folder_option(function: F) -> F:
    """Add `-o`."""
    add = click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder of the results files; by default `results` in the home.",
    )
    return add(function)
