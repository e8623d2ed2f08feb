"""Read requests from files, pipes or iterables; check all of them before any is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast, final

import trio

from trio_batches.jobs.counting import Counting, Plan
from trio_batches.protocol.request_lines import MAX_REQUEST_BYTES
from trio_batches.store.disk import storage_errors
from trio_batches.types import BatchRequest, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import TypeIs

    from trio_batches.store.spool import Spool

__all__ = ("Intake", "Plan", "Source")

Requests = Iterable[BatchRequest | Mapping[str, object]]

Source = Path | BinaryIO | Requests
"""A JSONL file, an open binary one such as a pipe, or requests."""

READ_BYTES = 1 << 20
ITEMS_AT_ONCE = 200
MAX_LINE_BYTES = MAX_REQUEST_BYTES + (1 << 16)
"""A request of the older form has some keys that are not sent."""

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_STDIN = 0


def _is_file(source: BinaryIO | Requests) -> TypeIs[BinaryIO]:
    return hasattr(source, "read")


@final
class Intake:
    """Takes requests line by line into a spool, and notes every fault of every line.

    Memory does not grow with the size of the requests: it holds eight bytes
    for each, and the faults.
    """

    def __init__(self, spool: Spool, *, anthropic_version: str) -> None:
        self._counting: Counting = Counting(spool, anthropic_version=anthropic_version)

    async def read(self, sources: Iterable[Source]) -> Plan:
        """Read all sources to their ends.

        Raises:
            InvalidRequestsError: Some requests would be refused; it names all of them.
            StorageError: A file cannot be read, or the spool cannot be written.
            TypeError: A source is none.
        """
        for source in sources:
            if isinstance(source, str | bytes | Mapping):
                raise TypeError(
                    "a source is a Path, a binary file, or an iterable of requests, "
                    "not a text or a single request"
                )
            if isinstance(source, Path):
                await self._read_path(source)
            elif _is_file(source):
                await self._read_file(source, _name_of(source))
            else:
                await self._read_requests(source)
        return await trio.to_thread.run_sync(self._counting.finish)

    async def _read_path(self, path: Path) -> None:
        with storage_errors(path):
            # A named pipe opens when someone writes into it, which may be never.
            file = await trio.to_thread.run_sync(_open, path, abandon_on_cancel=True)
        with file:
            await self._read_file(file, str(path))

    async def _read_file(self, file: BinaryIO, name: str) -> None:
        self._counting.begin(f"{name}:")
        lines = _Lines(self._counting)
        while True:
            with storage_errors(Path(name)):
                # A pipe may never bring anything: whoever cancels does not wait for it.
                read = cast("Callable[[int], bytes | None]", file.read)
                piece = await trio.to_thread.run_sync(read, READ_BYTES, abandon_on_cancel=True)
            if piece is None:  # a pipe that does not block
                await trio.lowlevel.wait_readable(file.fileno())
            elif not await trio.to_thread.run_sync(lines.take, piece):
                return

    async def _read_requests(self, requests: Requests) -> None:
        self._counting.begin("request ")
        items: list[bytes | str] = []
        size = first = 0
        for number, request in enumerate(requests):
            try:
                item: bytes | str = encode(request)
            except (TypeError, ValueError, RecursionError) as exc:
                item = f"it cannot be written as JSON: {exc}"
            items.append(item)
            size += len(item)
            if len(items) >= ITEMS_AT_ONCE or size >= READ_BYTES:
                await trio.to_thread.run_sync(self._take_items, first, items)
                items, size, first = [], 0, number + 1
        await trio.to_thread.run_sync(self._take_items, first, items)

    def _take_items(self, first: int, items: list[bytes | str]) -> None:
        for number, item in enumerate(items, first):
            if isinstance(item, str):
                self._counting.refuse(number, "", [item])
            else:
                self._counting.take(number, item)


def _open(path: Path) -> BinaryIO:
    """Open a file, in a worker thread that may be left behind."""
    # Without Python's buffer, whose lock such a thread would hold while it reads.
    file = path.open("rb", buffering=0)
    try:
        trio.from_thread.check_cancelled()
    except trio.Cancelled:
        file.close()
        raise
    return cast("BinaryIO", file)


def _name_of(file: BinaryIO) -> str:
    name: object = getattr(file, "name", None)
    if name == _STDIN:
        return "<stdin>"
    return name if isinstance(name, str) else "input"


@final
class _Lines:
    """Cuts the pieces of a file into lines and has each of them counted.

    One that is too long is passed over, so that it takes no memory and the ones
    after it are looked at as well.
    """

    def __init__(self, counting: Counting) -> None:
        self._counting: Counting = counting
        self._number = 1
        self._partial: list[bytes] = []
        self._partial_bytes = 0
        self._begun = False

    def take(self, piece: bytes) -> bool:
        """Take the next piece, empty at the end; tell whether to go on."""
        if not self._begun and piece:
            self._begun = True
            if piece.startswith(_UTF_16):
                self._counting.refuse(1, "", ["this is UTF-16: convert the file to UTF-8"])
                return False
            piece = piece.removeprefix(_BOM) or b" "
        if not piece:
            self._end_line(b"")
            return False
        first, *lines = piece.split(b"\n")
        if not lines:
            self._keep(first)
            return True
        self._end_line(first)
        last = lines.pop()
        for number, line in enumerate(lines, self._number):
            if stripped := line.strip():
                self._counting.take(number, stripped)
        self._number += len(lines)
        self._keep(last)
        return True

    def _keep(self, part: bytes) -> None:
        self._partial_bytes += len(part)
        if self._partial_bytes > MAX_LINE_BYTES:
            self._partial.clear()
        elif part:
            self._partial.append(part)

    def _end_line(self, part: bytes) -> None:
        self._keep(part)
        if self._partial_bytes > MAX_LINE_BYTES:
            reason = (
                f"the line has {self._partial_bytes:,} bytes: the service takes requests of "
                f"{MAX_REQUEST_BYTES:,} at most"
            )
            self._counting.refuse(self._number, "", [reason])
        elif stripped := b"".join(self._partial).strip():
            self._counting.take(self._number, stripped)
        self._partial, self._partial_bytes = [], 0
        self._number += 1
