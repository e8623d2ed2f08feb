"""Listing very many batches while working on each page."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program, sdk_is_there
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.service import Service
from tests.benchmarks.table import Finding, at_least, at_most, median_of, summary, unmeasured
from trio_batches.simulator import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("listing",)

_BATCHES = 20_000
_LATENCY = 0.05
_WORK = 0.02
_AGAINST_WIRE = at_most(1.05)
_AGAINST_SDK = at_least(1.3)
_EACH_PAGE = at_most(10, "ms")


def listing(stage: Stage) -> Iterator[Finding]:
    """Compare with the SDK, and with bare httpx that fetches the pages and does not read them."""
    what = f"{_BATCHES:,} batches, 50 ms away, 20 ms of work a page"
    with Service(Scenario(latency=_LATENCY), batches=_BATCHES) as service:
        task = ("listing", service.base_url, str(_WORK))
        sides = [
            Side("ours", program("sides.ours", *task)),
            Side("bare", program("sides.bare", *task)),
        ]
        if sdk_is_there():
            sides.append(Side("SDK", program("sides.sdk", *task)))
        measured = hold(sides, stage.runs)
    assert all(run.items == _BATCHES for runs in measured.values() for run in runs)
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    medians = {name: median(values) for name, values in seconds.items()}
    told = summary(seconds, "s")
    pages = _BATCHES // 1000
    yield Finding(
        row="listing",
        what=f"{what}, against the pages alone and the last one's work",
        figure=medians["ours"] / (max(medians["bare"], pages * _WORK) + _WORK),
        goal=_AGAINST_WIRE,
        sides=told,
        samples=seconds,
    )
    each = {"ours": [run.cpu / pages * 1e3 for run in measured["ours"]]}
    page = "processor time of a page of 1,000, fetched ahead"
    yield median_of("listing", page, _EACH_PAGE, each)
    yield from costs("listing", what, measured["ours"])
    if "SDK" not in medians:
        yield unmeasured("listing", what, _AGAINST_SDK, "the SDK is not installed")
        return
    yield Finding(
        row="listing",
        what=f"{what}, against the SDK",
        figure=medians["SDK"] / medians["ours"],
        goal=_AGAINST_SDK,
        sides=told,
        samples=seconds,
    )
