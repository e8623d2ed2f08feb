"""`models`."""

from __future__ import annotations

import click

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.options import json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import print_table, write_objects
from trio_batches.client import Client
from trio_batches.protocol.limits import MAX_PAGE

__all__ = ("models",)


@click.command()
@json_option
def models(*, as_json: bool) -> None:
    """List the models, and whether they can be batched."""
    run(lambda: _models(as_json=as_json))


async def _models(*, as_json: bool) -> Exit:
    rows: list[tuple[str, ...]] = []
    async with Client() as client:
        page = await client.models.list(limit=MAX_PAGE)
        while True:
            if as_json:
                await write_objects(page.raw_data)
            rows += [
                (
                    model.id,
                    model.display_name,
                    "yes" if model.supports_batches else "no",
                    model.lifecycle or "",
                    f"{model.max_tokens:,}" if model.max_tokens else "",
                )
                for model in page.data
            ]
            if not page.has_next_page():
                break
            page = await page.get_next_page()
    if not as_json:
        await print_table(("id", "name", "batches", "lifecycle", "max tokens"), rows)
    return Exit.DONE
