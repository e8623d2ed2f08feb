"""What every kind of work is held to besides its speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.table import at_most, median_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.measurement import Measurement
    from tests.benchmarks.table import Finding

__all__ = ("costs",)

_STEP = at_most(10, "ms")
_MEMORY = at_most(80, "MB")


def costs(row: str, what: str, runs: Sequence[Measurement]) -> Iterator[Finding]:
    """Return the longest time without a checkpoint, and the peak of memory."""
    for name, goal, values in (
        ("longest step", _STEP, [run.longest_step * 1e3 for run in runs]),
        ("peak of memory", _MEMORY, [run.memory / 1e6 for run in runs]),
    ):
        yield median_of(row, f"{what}: {name}", goal, {"ours": values})
