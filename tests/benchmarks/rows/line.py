"""One very long line."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program, sdk_is_there
from tests.benchmarks.nginx import nginx_is_there
from tests.benchmarks.table import Finding, at_least, at_most, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("line",)

_SIZES = {1: at_most(20, "ms"), 8: at_most(160, "ms")}
_LINEAR = at_most(12)
_AGAINST_SDK = at_least(20)


def line(stage: Stage) -> Iterator[Finding]:
    """Measure 1 MB and 8 MB; the SDK, which takes 79 s for 8 MB, only where that is asked for."""
    if not nginx_is_there():
        yield unmeasured("line", "one long line", _SIZES[1], "nginx is not installed")
        return
    url = stage.nginx.base_url
    stage.add_line("short", 1_000)
    medians: dict[int, float] = {}
    for size, goal in _SIZES.items():
        name = f"{size}mb"
        stage.add_line(name, size * 1_000_000)
        task = ("line", url, "msgbatch_short", f"msgbatch_{name}")
        sides = [
            Side("ours", program("sides.ours", *task)),
            Side("bare", program("sides.bare", *task)),
        ]
        if sdk_is_there() and (size == 1 or stage.slow):
            sides.append(Side("SDK", program("sides.sdk", *task)))
        samples = hold(sides, stage.runs)
        seconds = {side: [run.seconds for run in runs] for side, runs in samples.items()}
        medians[size] = median(seconds["ours"])
        told = summary(seconds, "ms", scale=1e3)
        note = "" if "SDK" in seconds else "; the SDK takes 79 s (--slow)"
        yield Finding(
            row="line",
            what=f"one line of {size} MB",
            figure=medians[size] * 1e3,
            goal=goal,
            sides=told + note,
            samples=seconds,
        )
        if "SDK" in seconds:
            yield Finding(
                row="line",
                what=f"one line of {size} MB, against the SDK",
                figure=median(seconds["SDK"]) / medians[size],
                goal=_AGAINST_SDK,
                sides=told,
                samples=seconds,
            )
    yield Finding(
        row="line",
        what="8 MB against 1 MB",
        figure=medians[8] / medians[1],
        goal=_LINEAR,
        sides="8 is linear",
    )
