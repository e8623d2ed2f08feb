"""Many downloads at once from a service that is slow for each of them."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.rows.downloads import jobs_are_there
from tests.benchmarks.service import Service
from tests.benchmarks.table import Finding, at_least, summary, unmeasured
from trio_batches.simulator import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("throttled",)

_GOAL = at_least(0.9)
_BANDWIDTH = 4e6
_CONCURRENCY = 16
_REQUESTS = 5_000
_MOST_RUNS = 3


def throttled(stage: Stage) -> Iterator[Finding]:
    """Download 64 batches, 16 at a time, each throttled to 4 MB/s, with 50 ms latency."""
    batches = 16 if stage.quick else 64
    what = f"{batches} batches, {_CONCURRENCY} at a time, of what the service gives"
    if not jobs_are_there():
        why = "trio_batches.jobs.download is not there yet"
        yield unmeasured("throttled", what, _GOAL, why)
        return
    target = stage.folder / "download"
    target.mkdir(exist_ok=True)
    scenario = Scenario(latency=0.05, bandwidth=_BANDWIDTH)
    with Service(scenario, batches=batches, requests=_REQUESTS, result_bytes=1_600) as service:
        task = (service.base_url, str(target), str(_CONCURRENCY), *service.batch_ids)
        runs = hold([Side("ours", program("sides.job", *task))], min(stage.runs, _MOST_RUNS))
    seconds = {"ours": [run.seconds for run in runs["ours"]]}
    rates = {"ours": [run.items / run.seconds / 1e6 for run in runs["ours"]]}
    yield Finding(
        row="throttled",
        what=what,
        figure=median(rates["ours"]) * 1e6 / (_CONCURRENCY * _BANDWIDTH),
        goal=_GOAL,
        sides=f"{summary(seconds, 's')}; {summary(rates, 'MB/s')}",
        samples=seconds,
    )
