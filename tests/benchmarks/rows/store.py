"""The ledger, and what the jobs on it cost."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.service import Service
from tests.benchmarks.table import Finding, at_least, at_most, median_of, summary
from trio_batches.protocol.limits import MAX_PAGE
from trio_batches.simulator import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.measurement import Measurement
    from tests.benchmarks.stage import Stage
    from tests.benchmarks.table import Goal

__all__ = ("ledger", "refreshing", "submitting")

_KNOWN = 20_000
_LISTED = 100_000
_REQUESTS = 100_000
_LATENCY = 0.05


def refreshing(stage: Stage) -> Iterator[Finding]:
    """Ask for 20,000 known batches again, and compare with a walk from page to page."""
    with Service(Scenario(latency=_LATENCY), batches=_KNOWN) as service:
        sides = [
            Side("ours", program("sides.store", "refreshing", service.base_url)),
            Side("walk", program("sides.store", "walking", service.base_url)),
        ]
        measured = hold(sides, stage.runs)
    assert all(run.items == _KNOWN for runs in measured.values() for run in runs)
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    yield Finding(
        row="refreshing",
        what=f"{_KNOWN:,} known batches in the ledger, 50 ms away, against a walk alone",
        figure=median(seconds["walk"]) / median(seconds["ours"]),
        goal=at_least(6),
        sides=summary(seconds, "s"),
        samples=seconds,
    )
    pages = _KNOWN / MAX_PAGE
    cpu = {name: [run.cpu / pages * 1e3 for run in runs] for name, runs in measured.items()}
    what = "processor time of a page of 1,000 that is walked"
    yield median_of("refreshing", what, at_most(5, "ms"), cpu, "walk")


def ledger(stage: Stage) -> Iterator[Finding]:
    """List 100,000 batches without asking the service."""
    folder = stage.folder / "ledger"
    hold([Side("filling", program("sides.store", "filling", str(folder), str(_LISTED)))], 1)
    measured = hold([Side("ours", program("sides.store", "listing", str(folder)))], stage.runs)
    assert all(run.items == _LISTED for run in measured["ours"])
    yield _timed(
        "ledger", f"{_LISTED:,} batches listed from the ledger", at_most(0.2, "s"), measured
    )
    yield from costs("ledger", "its list", measured["ours"])


def submitting(stage: Stage) -> Iterator[Finding]:
    """Check, cut and encode 100,000 requests of a file, without sending them."""
    path = stage.folder / "requests.jsonl"
    hold([Side("writing", program("sides.store", "writing", str(path), str(_REQUESTS)))], 1)
    measured = hold([Side("ours", program("sides.store", "submitting", str(path)))], stage.runs)
    path.unlink()
    assert all(run.items == _REQUESTS for run in measured["ours"])
    what = f"{_REQUESTS:,} requests, 139 MB, checked, cut and encoded"
    yield _timed("submitting", what, at_most(1.5, "s"), measured)
    yield from costs("submitting", "its check", measured["ours"])


def _timed(row: str, what: str, goal: Goal, measured: dict[str, list[Measurement]]) -> Finding:
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    return median_of(row, what, goal, seconds)
