"""Many downloads at once from a service that is slow for each of them."""

from __future__ import annotations

import shutil
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.service import Service
from tests.benchmarks.table import Finding, at_least, summary, unmeasured
from trio_batches.simulator import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("throttled",)

_AGAINST_CURL = at_least(0.9)
_AGAINST_LINE = at_least(0.9)
_BANDWIDTH = 4e6
_CONCURRENCY = 16
_REQUESTS = 5_000


def throttled(stage: Stage) -> Iterator[Finding]:
    """Download 64 batches, 16 at a time, each throttled to 4 MB/s, with 50 ms latency."""
    batches = 16 if stage.quick else 64
    what = f"{batches} throttled batches, {_CONCURRENCY} at a time"
    if shutil.which("curl") is None:
        yield unmeasured("throttled", what, _AGAINST_CURL, "curl is not installed")
        return
    target = stage.folder / "download"
    target.mkdir(exist_ok=True)
    scenario = Scenario(latency=0.05, bandwidth=_BANDWIDTH)
    with Service(scenario, batches=batches, requests=_REQUESTS, result_bytes=1_600) as service:
        url, ids = service.base_url, service.batch_ids
        urls = [f"{url}/v1/messages/batches/{batch_id}/results" for batch_id in ids]
        sides = [
            Side("ours", program("sides.job", url, str(target), str(_CONCURRENCY), *ids)),
            Side("curl", program("sides.curl", str(_CONCURRENCY), *urls)),
        ]
        measured = hold(sides, stage.runs)
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    rates = {
        name: [run.items / run.seconds / 1e6 for run in runs] for name, runs in measured.items()
    }
    told = f"{summary(seconds, 's')}; {summary(rates, 'MB/s')}"
    yield Finding(
        row="throttled",
        what=f"{what}, against curl --parallel",
        figure=median(seconds["curl"]) / median(seconds["ours"]),
        goal=_AGAINST_CURL,
        sides=told,
        samples=seconds,
    )
    yield Finding(
        row="throttled",
        what=f"{what}, against {_CONCURRENCY} times {_BANDWIDTH / 1e6:g} MB/s",
        figure=median(rates["ours"]) * 1e6 / (_CONCURRENCY * _BANDWIDTH),
        goal=_AGAINST_LINE,
        sides=told,
        samples=rates,
    )
    yield from costs("throttled", what, measured["ours"])
