"""Many batches with few results each: what a batch costs beyond its request."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.service import Service
from tests.benchmarks.table import Finding, at_most, median_of, summary
from trio_batches.simulator import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("small",)

_GOAL = at_most(2.0, "ms")
_CONCURRENCY = 8
_REQUESTS = 10


def small(stage: Stage) -> Iterator[Finding]:
    """Download 2,000 batches of 10 results, and take from it what their requests cost."""
    batches = 500 if stage.quick else 2_000
    what = f"processor time a batch, {batches:,} batches of {_REQUESTS}, beyond its request"
    target = stage.folder / "download"
    target.mkdir(exist_ok=True)
    with Service(Scenario(), batches=batches, requests=_REQUESTS, result_bytes=1_500) as service:
        url, at_once = service.base_url, str(_CONCURRENCY)
        sides = [
            Side("download", program("sides.small", "download", url, str(target), at_once)),
            Side("requests", program("sides.small", "requests", url, str(target), at_once)),
        ]
        measured = hold(sides, stage.runs)
    cpu = {name: [run.cpu / batches * 1e3 for run in runs] for name, runs in measured.items()}
    cpu["of it syncing"] = [run.syncing / batches * 1e3 for run in measured["download"]]
    yield Finding(
        row="small",
        what=what,
        figure=median(cpu["download"]) - median(cpu["requests"]),
        goal=_GOAL,
        sides=summary(cpu, "ms"),
        samples=cpu,
    )
    asked = {name: [run.requests / batches for run in runs] for name, runs in measured.items()}
    what = "requests a batch that was listed"
    yield median_of("small", what, at_most(1, "requests"), asked, "download")
    yield from costs("small", "its download", measured["download"])
