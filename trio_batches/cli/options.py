"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ("folder_option", "json_option", "yes_option")

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")

folder_option = click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the results files; by default `results` in the home.",
)
