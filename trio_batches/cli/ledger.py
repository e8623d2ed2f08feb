"""`label` and `ledger rebuild`."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import click
import msgspec

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.options import LabelText, json_option
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, write_line
from trio_batches.client import Client
from trio_batches.errors import CredentialsError, StorageError
from trio_batches.store import Home, Label, mend_ledger, open_ledger, rebuild
from trio_batches.transport.address import id_segment

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from trio_batches.store import Ledger, Rebuilt

__all__ = ("add_label", "known_labels", "label", "ledger", "ledger_if_any", "open_or_warn")


@click.command()
@click.argument("batch_id", metavar="ID")
@click.argument("name", metavar="[LABEL]", required=False, type=LabelText())
@click.option("--note", type=LabelText(), help="A note as well; an empty one takes it away.")
@click.option("--remove", is_flag=True, help="Take the label away.")
def label(batch_id: str, name: str | None, note: str | None, *, remove: bool) -> None:
    """Give a batch a name of your own, for `list --label` and the eye.

    It is kept in the home, needs no key and no network, and is never sent.
    """
    if name is not None and remove:
        raise click.UsageError("a label and --remove contradict each other")
    if name is None and note is None and not remove:
        raise click.UsageError("say which LABEL, or --note, or --remove")
    if name is not None and not name.strip():
        raise click.UsageError("an empty label is none: say --remove to take it away")

    async def work() -> Exit:
        id_segment(batch_id)
        async with open_ledger(Home()) as opened:
            if name is not None or remove:
                await opened.set_label(batch_id, name)
            if note is not None:
                await opened.set_note(batch_id, note or None)
        return Exit.DONE

    run(work)


@click.group()
def ledger() -> None:
    """Look after the index of your batches."""


@ledger.command("rebuild")
@click.option("--offline", is_flag=True, help="Only from files, without asking the service.")
@json_option
def rebuild_ledger(*, offline: bool, as_json: bool) -> None:
    """Make the ledger again from results files and from what the service lists.

    Labels, notes and what was submitted are kept. A damaged ledger is renamed
    first, never deleted. Results need no ledger: files are the truth.
    """
    run(lambda: _rebuild(offline=offline, as_json=as_json), outlives_reader=True)


async def _rebuild(*, offline: bool, as_json: bool) -> Exit:
    home = Home()
    await mend_ledger(home)
    async with open_ledger(home) as opened:
        client = None if offline else _client()
        if client is None:
            found = await rebuild(opened, home)
        else:
            async with client:
                found = await rebuild(opened, home, client)
    await _report(found, as_json=as_json)
    return Exit.DONE


def _client() -> Client | None:
    try:
        return Client()
    except CredentialsError as error:
        narrate(f"only files are read: {error}")
        return None


async def _report(found: Rebuilt, *, as_json: bool) -> None:
    if as_json:
        await write_line(msgspec.json.encode(found).decode())
        return
    await write_line(f"downloads\t{found.downloads:,} verified files in the home")
    await write_line(f"lost\t{found.lost:,} files that are not there any more")
    await write_line(f"batches\t{found.listed:,} listed by the service")


async def known_labels(
    batch_ids: Iterable[str] | None = None, *, needed: bool = False
) -> dict[str, Label]:
    """Return the labels and notes of batches; none if there is no ledger.

    Args:
        batch_ids: Only of these.
        needed: Do not go on without them.

    Raises:
        StorageError: The ledger cannot be opened, and labels are needed.
    """
    home = Home()
    if not (home.path / "ledger.db").exists():
        return {}
    try:
        async with open_ledger(home) as opened:
            return await opened.labels(batch_ids)
    except StorageError as error:
        if needed:
            raise
        narrate(f"without labels: {error}")
        return {}


@asynccontextmanager
async def open_or_warn(home: Home) -> AsyncGenerator[Ledger | None]:
    """Open the ledger, or say why the command goes on without it."""
    async with AsyncExitStack() as stack:
        ledger = None
        try:
            ledger = await stack.enter_async_context(open_ledger(home))
        except StorageError as error:
            narrate(f"without the ledger: {error}")
        yield ledger


@asynccontextmanager
async def ledger_if_any(home: Home) -> AsyncGenerator[Ledger | None]:
    """Open the ledger if there is one, without making it."""
    if not (home.path / "ledger.db").exists():
        yield None
        return
    async with open_or_warn(home) as ledger:
        yield ledger


def add_label(raw: bytes, found: Label | None) -> bytes:
    """Return a batch's JSON with its label and note at the end, if it has any."""
    if found is None:
        return raw
    added = msgspec.json.encode(found.texts())
    return raw.rstrip().removesuffix(b"}") + b"," + added.removeprefix(b"{")
