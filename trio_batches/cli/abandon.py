"""`ledger open` and `ledger abandon`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.options import json_option, yes_option
from trio_batches.cli.question import confirm
from trio_batches.cli.run import run
from trio_batches.cli.terminal import narrate, print_table, write_line
from trio_batches.errors import InvalidIdError
from trio_batches.jobs import abandon
from trio_batches.store import Home, open_ledger
from trio_batches.store.path_text import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from trio_batches.jobs import Abandoned
    from trio_batches.store import Intent

__all__ = ("abandon_submission", "list_open")

_SHORT_ID = 12
_MEANING = (
    "What was sent of it may be a batch, which runs and is paid for; nobody will look for it."
)


@click.command("open")
@json_option
def list_open(*, as_json: bool) -> None:
    """List what submissions have left open; `submit --resume` settles it."""

    async def work() -> Exit:
        async with open_ledger(Home()) as opened:
            intents = await opened.open_intents()
        if as_json:
            for intent in intents:
                await write_line(msgspec.json.encode(_shown(intent)).decode())
            return Exit.DONE
        if not intents:
            narrate("nothing is open")
            return Exit.DONE
        rows = [
            (
                intent.submission[:_SHORT_ID],
                intent.label or "",
                f"{intent.n_requests:,}",
                intent.state,
                _minute(intent.sent_at),
                intent.reason or "",
            )
            for intent in intents
        ]
        await print_table(("submission", "label", "requests", "state", "sent", "why"), rows)
        return Exit.DONE

    run(work)


@click.command("abandon")
@click.argument("submission")
@yes_option
@json_option
def abandon_submission(submission: str, *, yes: bool, as_json: bool) -> None:
    """Give up what a SUBMISSION has left open and nothing can settle.

    `ledger open` shows its id; the beginning will do. Nothing is cancelled: a
    create that was sent may be a batch, which runs and is paid for. Its requests
    are set aside in the home, to be submitted anew once you know that it is not.
    """
    confirm(f"{_MEANING} Give it up?", yes=yes, otherwise="nothing was given up")

    async def work() -> Exit:
        home = Home()
        async with open_ledger(home) as opened:
            whole = _the_one(submission, await opened.open_intents())
            given_up = await abandon(opened, home, whole)
        await _report(given_up, as_json=as_json)
        return Exit.DONE

    run(work, outlives_reader=True)


def _the_one(beginning: str, intents: Iterable[Intent]) -> str:
    if not beginning.strip():
        raise InvalidIdError("say which submission: `trio-batches ledger open` lists them")
    found = {one.submission for one in intents if one.submission.startswith(beginning)}
    if not found:
        raise InvalidIdError(
            f"no open submission begins with {beginning!r}: `trio-batches ledger open` lists them"
        )
    if len(found) > 1:
        raise InvalidIdError(f"{len(found)} open submissions begin with {beginning!r}")
    return found.pop()


async def _report(given_up: Iterable[Abandoned], *, as_json: bool) -> None:
    for chunk in given_up:
        if as_json:
            path = None if chunk.path is None else path_text(Path(chunk.path))
            shown = msgspec.structs.replace(chunk, path=path)
            await write_line(msgspec.json.encode(shown).decode())
            continue
        if chunk.sent_at is None:
            narrate(f"{chunk.requests:,} requests were never sent")
        else:
            narrate(
                f"{chunk.requests:,} requests were sent at {_minute(chunk.sent_at)}: "
                f"`trio-batches list` shows whether there is a batch of so many from then"
            )
        if chunk.path is not None:
            narrate(f"to send them anew: trio-batches submit --again {chunk.path}")
            await write_line(chunk.path)


def _shown(intent: Intent) -> dict[str, object]:
    return {
        "submission": intent.submission,
        "chunk": intent.chunk,
        "label": intent.label,
        "requests": intent.n_requests,
        "state": intent.state,
        "planned_at": intent.at,
        "sent_at": intent.sent_at,
        "reason": intent.reason,
    }


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
