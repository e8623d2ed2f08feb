"""`results`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trio_batches.cli.exit_codes import Exit
from trio_batches.cli.run import run
from trio_batches.cli.terminal import write
from trio_batches.client import Client
from trio_batches.protocol.jsonl import split_lines
from trio_batches.types import Succeeded, decode_key

if TYPE_CHECKING:
    from trio_batches.client import ResultStream
    from trio_batches.types import BatchResult

__all__ = ("results",)

TYPES = ("succeeded", "errored", "canceled", "expired")


@click.command()
@click.argument("batch_id", metavar="ID")
@click.option("--type", "kind", type=click.Choice(TYPES), help="Only results of this type.")
@click.option("--text", is_flag=True, help="Only the text of the answers.")
def results(batch_id: str, kind: str | None, *, text: bool) -> None:
    """Stream the results of a batch to stdout, as the service sent them.

    Results come in any order. If the counts do not match in the end, that is
    said on stderr and the exit code is 6.
    """
    if text and kind not in (None, "succeeded"):
        raise click.UsageError("--text shows answers: only succeeded results have one")

    async def work() -> Exit:
        async with Client() as client, client.messages.batches.results(batch_id) as stream:
            if text:
                await _write_texts(stream)
            else:
                await _write_lines(stream, kind)
        return Exit.DONE

    run(work)


async def _write_lines(stream: ResultStream, kind: str | None) -> None:
    async for block in stream.line_blocks():
        if kind is None:
            await write(block if block.endswith(b"\n") else block + b"\n")
        else:
            lines = split_lines(block)
            chosen = [line + b"\n" for line in lines if decode_key(line).result.type == kind]
            await write(b"".join(chosen))


async def _write_texts(stream: ResultStream) -> None:
    async for block in stream.blocks():
        await write("".join(_text(record) for record in block).encode())


def _text(record: BatchResult) -> str:
    match record.result:
        case Succeeded(message=message):
            return f"{message.text}\n"
        case _:
            return ""
