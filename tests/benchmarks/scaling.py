"""How cost grows: with streams at a time, with lines of a file, with batches of a ledger."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct

from tests.benchmarks.contest import Side, hold, program
from trio_batches.simulator import World
from trio_batches.types import RequestCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.measurement import Measurement
    from tests.benchmarks.stage import Stage

__all__ = ("Step", "draw", "scaling")

_STREAMS = (1, 2, 4, 8, 16, 32)
_LINES = (1_000, 10_000, 100_000, 1_000_000)
_MOST_LINES = 10_000_000
_BATCHES = (100, 1_000, 10_000, 100_000)
_STREAM_LINES = 5_000
_LINE_BYTES = 2_000
_SHORT_LINE_BYTES = 300


class Step(Struct, frozen=True, kw_only=True):
    """What one size costs, as the median of some runs."""

    axis: str
    size: int
    unit: str
    """What there are so many of."""

    seconds: float
    each: float
    """Microseconds of processor time for each of them."""

    memory: float
    """MB at most."""

    longest_step: float
    """Milliseconds of the loop without a checkpoint, at most."""


def scaling(stage: Stage) -> Iterator[Step]:
    """Measure each axis from small to large."""
    yield from _streams(stage)
    yield from _lines(stage)
    yield from _batches(stage)


def _streams(stage: Stage) -> Iterator[Step]:
    """Download 32 files of 10 MB, so many at a time."""
    most = _STREAMS[-1]
    _add(stage, "stream", _STREAM_LINES, _LINE_BYTES, copies=most)
    target = stage.folder / "scaling"
    target.mkdir()
    ids = [f"msgbatch_stream{number}" for number in range(most)]
    for size in _STREAMS:
        job = program("sides.job", stage.nginx.base_url, str(target), str(size), *ids)
        yield _step(stage, "streams at a time, 32 files of 10 MB", size, "MB", job, units=1e6)


def _lines(stage: Stage) -> Iterator[Step]:
    """Read a results file of so many lines."""
    for size in (*_LINES, *([_MOST_LINES] if stage.slow else [])):
        _add(stage, f"lines{size}", size, _SHORT_LINE_BYTES)
        side = program("sides.ours", "lines", stage.nginx.base_url, f"msgbatch_lines{size}0")
        yield _step(stage, "lines of 300 bytes, counted", size, "line", side)


def _batches(stage: Stage) -> Iterator[Step]:
    """List so many batches from the ledger."""
    for size in _BATCHES:
        folder = str(stage.folder / f"ledger{size}")
        hold([Side("filling", program("sides.store", "filling", folder, str(size)))], 1)
        side = program("sides.store", "listing", folder)
        yield _step(stage, "batches listed from the ledger", size, "batch", side)


def _add(stage: Stage, name: str, lines: int, line_bytes: int, *, copies: int = 1) -> None:
    world = World(1)
    batch_id = world.add_ended_batch(lines, result_bytes=line_bytes)
    counts = RequestCounts(processing=0, succeeded=lines, errored=0, canceled=0, expired=0)
    for number in range(copies):
        text = world.result_lines(batch_id)
        stage.nginx.add_batch(f"{name}{number}", text, counts)


def _step(  # noqa: PLR0913  # what a line of the table says
    stage: Stage, axis: str, size: int, unit: str, command: list[str], *, units: float = 1
) -> Step:
    runs: Sequence[Measurement] = hold([Side("ours", command)], stage.runs)["ours"]
    return Step(
        axis=axis,
        size=size,
        unit=unit,
        seconds=median(run.seconds for run in runs),
        each=median(run.cpu * 1e6 * units / run.items for run in runs),
        memory=max(run.memory for run in runs) / 1e6,
        longest_step=median(run.longest_step for run in runs) * 1e3,
    )


def draw(steps: Sequence[Step]) -> str:
    """Write the table."""
    lines = [("size", "seconds", "processor time", "memory", "longest step", "of what")]
    lines += [
        (
            f"{step.size:,}",
            f"{step.seconds:.3g}",
            f"{step.each:,.3g} us a {step.unit}",
            f"{step.memory:,.0f} MB",
            f"{step.longest_step:.2g} ms",
            step.axis,
        )
        for step in steps
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
