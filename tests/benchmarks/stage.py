"""What the rows share: settings, a server, and results to serve."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.benchmarks.nginx import Nginx
from trio_batches.simulator import World
from trio_batches.types import RequestCounts

if TYPE_CHECKING:
    from types import TracebackType

    from trio_batches.store.compression import Compression

__all__ = ("Stage",)

_LINES = 100_000
_FEW = 100
"""One line in so many is errored, one is canceled, one has expired."""
_PARAGRAPH = rb"The sample was weighed twice, at 20 \u00b0C. \"Dry\" means below 0.5 %.\n\n"


class Stage:
    """One run of the benchmarks.

    Args:
        folder: A temporary one.
        runs: How often each side does its work.
        quick: With a quarter of the bytes.
        slow: With what takes minutes.
    """

    def __init__(self, folder: Path, *, runs: int, quick: bool, slow: bool) -> None:
        self.folder = folder
        self.runs = runs
        self.quick = quick
        self.slow = slow
        self._nginx: Nginx | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._nginx is not None:
            self._nginx.stop()

    @property
    def nginx(self) -> Nginx:
        """The server, started when it is first needed."""
        if self._nginx is None:
            self._nginx = Nginx(Path(tempfile.mkdtemp(prefix="nginx-", dir=self.folder)))
        return self._nginx

    @cached_property
    def results(self) -> Path:
        """The file of the batch `results`: 100,000 lines of 2 kB, of every type."""
        return self._add("results", 2_000)

    @cached_property
    def long_results(self) -> Path:
        """The file of the batch `long`: 100,000 lines of 20 kB, 2 GB."""
        return self._add("long", 20_000)

    def compress(self, compression: Compression) -> int:
        """Add the results again as `results_<compression>`; return the bytes that are sent."""
        counts = _counts(self._line_count)
        return self.nginx.add_compressed("results", compression, self.results, counts)

    def add_line(self, name: str, size: int) -> Path:
        """Add a batch whose only line has some bytes."""
        world = World(2)
        short = b"".join(world.result_lines(world.add_ended_batch(1, result_bytes=1000)))
        head, text, tail = short.partition(b'"text":"')
        filling = (_PARAGRAPH * (size // len(_PARAGRAPH) + 1))[: size - len(short)]
        counts = RequestCounts(processing=0, succeeded=1, errored=0, canceled=0, expired=0)
        return self.nginx.add_batch(name, [head, text, filling, tail], counts)

    def _add(self, name: str, line_bytes: int) -> Path:
        lines = self._line_count
        few = lines // _FEW
        world = World(1)
        size = line_bytes * 104 // 100 + 130
        batch_id = world.add_ended_batch(
            lines, errored=few, canceled=few, expired=few, result_bytes=size
        )
        text = world.result_lines(batch_id)
        return self.nginx.add_batch(name, text, _counts(lines))

    @property
    def _line_count(self) -> int:
        return _LINES // 4 if self.quick else _LINES


def _counts(lines: int) -> RequestCounts:
    few = lines // _FEW
    return RequestCounts(
        processing=0, succeeded=lines - 3 * few, errored=few, canceled=few, expired=few
    )
