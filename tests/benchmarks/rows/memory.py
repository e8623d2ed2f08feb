"""How much memory 2 GB of results take."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.nginx import nginx_is_there
from tests.benchmarks.table import Finding, at_most, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("memory",)

_GOAL = at_most(80, "MB")


def memory(stage: Stage) -> Iterator[Finding]:
    """Stream 100,000 lines of 20 kB, typed and as lines, and download them."""
    if not nginx_is_there():
        yield unmeasured("memory", "2 GB of results", _GOAL, "nginx is not installed")
        return
    url, target = stage.nginx.base_url, stage.folder / "download"
    size = stage.long_results.stat().st_size
    target.mkdir(exist_ok=True)
    sides = [
        Side("typed records", program("sides.ours", "blocks", url, "msgbatch_long")),
        Side("lines, chunked", program("sides.ours", "lines", url, "msgbatch_long_chunked")),
        Side("download", program("sides.job", url, str(target), "1", "msgbatch_long")),
    ]
    for name, runs in hold(sides, stage.runs).items():
        peaks = {name: [run.memory / 1e6 for run in runs]}
        seconds = {"in": [run.seconds for run in runs]}
        yield Finding(
            row="memory",
            what=f"{name}, {size / 1e9:.1f} GB",
            figure=median(peaks[name]),
            goal=_GOAL,
            sides=summary(seconds, "s"),
            samples=peaks | seconds,
        )
