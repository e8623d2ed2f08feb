"""Creating a batch of the largest size."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program, sdk_is_there
from tests.benchmarks.nginx import nginx_is_there
from tests.benchmarks.table import Finding, Goal, at_least, at_most, median_of, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.measurement import Measurement
    from tests.benchmarks.stage import Stage

__all__ = ("creating",)

_AGAINST_SDK = at_least(4)
_REQUESTS = 100_000


def creating(stage: Stage) -> Iterator[Finding]:
    """Send 100,000 requests, 139 MB, to a server that throws them away."""
    if not nginx_is_there():
        yield unmeasured("creating", "a create", _AGAINST_SDK, "nginx is not installed")
        return
    what = f"create of {_REQUESTS:,} requests"
    task = ("create", stage.nginx.base_url, str(_REQUESTS))
    sides = [
        Side("ours", program("sides.ours", *task)),
        Side("bare, unchecked", program("sides.bare", *task)),
    ]
    if sdk_is_there():
        sides.append(Side("SDK", program("sides.sdk", *task)))
    measured = hold(sides, stage.runs)
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    if "SDK" in seconds:
        yield Finding(
            row="creating",
            what=f"{what}, against the SDK",
            figure=median(seconds["SDK"]) / median(seconds["ours"]),
            goal=_AGAINST_SDK,
            sides=summary(seconds, "s"),
            samples=seconds,
        )
    else:
        yield unmeasured("creating", what, _AGAINST_SDK, "the SDK is not installed")
    figures: dict[str, tuple[Goal, float, Callable[[Measurement], float]]] = {
        what: (at_most(0.5, "s"), 1, lambda run: run.seconds),
        "its longest time without a checkpoint": (
            at_most(50, "ms"),
            1e3,
            lambda run: run.longest_step,
        ),
        "its growth of memory": (at_most(20, "MB"), 1e-6, lambda run: run.memory),
    }
    for name, (goal, scale, read) in figures.items():
        samples = {side: [read(run) * scale for run in runs] for side, runs in measured.items()}
        yield median_of("creating", name, goal, samples)
