"""What every kind of work is held to besides its speed."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.table import Finding, at_most, summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.measurement import Measurement

__all__ = ("costs",)

_STEP = at_most(10, "ms")
_MEMORY = at_most(80, "MB")


def costs(row: str, what: str, runs: Sequence[Measurement]) -> Iterator[Finding]:
    """Return the longest time without a checkpoint, and the peak of memory."""
    for name, goal, values in (
        ("longest step", _STEP, [run.longest_step * 1e3 for run in runs]),
        ("peak of memory", _MEMORY, [run.memory / 1e6 for run in runs]),
    ):
        samples = {"ours": values}
        yield Finding(
            row=row,
            what=f"{what}: {name}",
            figure=median(values),
            goal=goal,
            sides=summary(samples, goal.unit),
            samples=samples,
        )
