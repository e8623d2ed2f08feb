"""Data to stdout, narration to stderr, and nothing that could steer the terminal."""

from __future__ import annotations

import io
import logging
import os
import select
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING

import trio
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from trio_batches.errors import StorageError
from trio_batches.protocol.plain_text import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = (
    "narrate",
    "narrate_warnings",
    "outlive_reader",
    "print_table",
    "silence_stdout",
    "stderr",
    "write",
    "write_line",
    "write_objects",
)


class _Console(Console):
    @override
    def on_broken_pipe(self) -> None:
        """Go on in silence: nobody reads the narration, but the exit code may be wanted."""
        self.quiet = True


_OUTLIVES_READER: ContextVar[bool] = ContextVar("outlives_reader", default=False)

stderr: Console = _Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def narrate(text: str) -> None:
    """Say something to the user, one line on stderr."""
    stderr.print(Text(one_line(text)))


def outlive_reader(outlive: bool) -> None:  # noqa: FBT001  # one thing, on or off
    """Choose whether this command goes on, with nothing more written, when its reader has gone."""
    _OUTLIVES_READER.set(outlive)


async def write(data: bytes) -> None:
    """Write to stdout, off the event loop: whoever reads it may be slow.

    Raises:
        BrokenPipeError: The reader has gone, and the command does not outlive it.
        StorageError: It leads to a file on a disk that is full or failing.
    """
    if sys.stdout.isatty():
        data = printable(data.decode(errors="replace")).encode()
    await trio.to_thread.run_sync(_write, data, abandon_on_cancel=True)


async def write_line(text: str) -> None:
    """Write one line of text to stdout; a path's bytes that are not UTF-8 as they are."""
    await write(f"{text}\n".encode(errors="surrogateescape"))


async def write_objects(objects: Iterable[bytes]) -> None:
    """Write JSON objects as they are, one a line."""
    # Line ends stand nowhere inside JSON but between its tokens.
    await write(b"".join(one.translate(None, b"\r\n").strip() + b"\n" for one in objects))


def _write(data: bytes) -> None:
    try:
        descriptor = sys.stdout.fileno()
    except io.UnsupportedOperation:  # a test's, in memory
        sys.stdout.buffer.write(data)
        return
    # Not by `sys.stdout`: what it could not write it would try again at the end.
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:  # whoever shares the terminal or pipe has made it so
            select.select((), (descriptor,), ())
        except BrokenPipeError:
            if not _OUTLIVES_READER.get():
                raise
            silence_stdout()
        except OSError as exc:
            raise StorageError("standard output", str(exc.strerror)) from exc


async def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: aligned for a terminal, separated by tabs for a program."""
    clean = [[one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        await write("".join("\t".join(row) + "\n" for row in [columns, *clean]).encode())
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold" if column == columns[0] else "ellipsis")
    for row in clean:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


class _Narrator(logging.Handler):
    @override
    def emit(self, record: logging.LogRecord) -> None:
        narrate(record.getMessage())


def narrate_warnings() -> None:
    """Show what the library waits for or tries again."""
    logger = logging.getLogger("trio_batches")
    if not any(isinstance(handler, _Narrator) for handler in logger.handlers):
        logger.addHandler(_Narrator(logging.WARNING))
        logger.propagate = False


def silence_stdout() -> None:
    """Let go of a reader that has gone, so that nobody complains about it any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
