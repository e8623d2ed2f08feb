"""`list` and `show`."""

from __future__ import annotations

import glob
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import msgspec

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.ledger import add_label, known_labels
from trio_batches.cli.options import LabelText, json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import print_table, write_objects
from trio_batches.cli.time_span import span
from trio_batches.client import Client
from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.store import Home, Label
from trio_batches.types import RequestCounts

if TYPE_CHECKING:
    from trio_batches.client import Page
    from trio_batches.types import MessageBatch

__all__ = ("list_batches", "show")

NEWEST = 50
"""How many batches `list` shows unless told otherwise."""

_COLUMNS = ("id", "label", "status", "age", "requests", "succeeded", "failed", "expires in")


@click.command("list")
@click.option("--status", type=click.Choice(["in_progress", "canceling", "ended"]))
@click.option("--label", type=LabelText(), help="Only batches that you gave this label.")
@click.option("--limit", type=click.IntRange(min=1), help=f"How many; {NEWEST} by default.")
@click.option("--all", "everything", is_flag=True, help="All that the workspace has.")
@json_option
def list_batches(
    status: str | None, label: str | None, limit: int | None, *, everything: bool, as_json: bool
) -> None:
    """List batches, newest first."""
    if everything and limit is not None:
        raise click.UsageError("--limit and --all contradict each other")
    count = None if everything else limit or NEWEST
    run(lambda: _list(status, label, count, as_json=as_json))


async def _list(status: str | None, label: str | None, count: int | None, *, as_json: bool) -> Exit:
    now = datetime.now(UTC)
    narrowed = status is not None or label is not None
    size = MAX_PAGE if count is None or narrowed else min(count, MAX_PAGE)
    labels = await known_labels(needed=label is not None)
    named = {id_ for id_, known in labels.items() if label in (None, known.label)}
    found: list[tuple[MessageBatch, bytes]] = []
    async with Client() as client:
        page: Page[MessageBatch] | None = await client.messages.batches.list(limit=size)
        while page is not None:
            for batch, raw in zip(page.data, page.raw_data, strict=True):
                wanted = status in (None, batch.processing_status)
                if wanted and (label is None or batch.id in named) and len(found) != count:
                    found.append((batch, raw))
            named.difference_update(batch.id for batch in page.data)
            more = len(found) != count and (label is None or named) and page.has_next_page()
            page = await page.get_next_page() if more else None
    if as_json:
        await write_objects(add_label(raw, labels.get(batch.id)) for batch, raw in found)
    else:
        rows = [_row(batch, labels.get(batch.id, Label()), now) for batch, _ in found]
        await print_table(_COLUMNS, rows)
    return Exit.DONE


def _row(batch: MessageBatch, known: Label, now: datetime) -> tuple[str, ...]:
    counts = batch.request_counts
    failed = counts.errored + counts.canceled + counts.expired
    return (
        batch.id,
        known.label or "",
        batch.processing_status,
        span(now - batch.created_at),
        f"{counts.total:,}",
        f"{counts.succeeded:,}" if batch.ended else "",
        f"{failed:,}" if batch.ended else "",
        "" if batch.ended else span(batch.expires_at - now),
    )


@click.command()
@click.argument("batch_id", metavar="ID")
@json_option
def show(batch_id: str, *, as_json: bool) -> None:
    """Show one batch, whole."""
    run(lambda: _show(batch_id, as_json=as_json))


async def _show(batch_id: str, *, as_json: bool) -> Exit:
    async with Client() as client:
        raw = (await client.messages.batches.poll(batch_id)).raw
    known = (await known_labels([batch_id])).get(batch_id)
    if as_json:
        await write_objects([add_label(raw, known)])
        return Exit.DONE
    fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    rows = [(name, _plain(name, bytes(value))) for name, value in fields.items()]
    if known is not None:
        rows += [(name, text) for name, text in known.texts().items()]
    folder = Home().results
    if folder.is_dir():
        rows += [
            ("local file", str(path)) for path in sorted(folder.glob(f"{glob.escape(batch_id)}.*"))
        ]
    await print_table(("field", "value"), rows)
    return Exit.DONE


def _plain(name: str, value: bytes) -> str:
    if value == b"null":
        return ""
    if name == "request_counts":
        counts = msgspec.structs.asdict(msgspec.json.decode(value, type=RequestCounts))
        return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    return msgspec.json.decode(value, type=str) if value.startswith(b'"') else value.decode()
