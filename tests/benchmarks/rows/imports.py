"""What `import` costs."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program, sdk_is_there
from tests.benchmarks.table import Finding, at_most, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("imports",)

_GOAL = at_most(0.25)
_SECONDS = at_most(0.25, "s")
_MEGABYTES = at_most(40, "MB")


def imports(stage: Stage) -> Iterator[Finding]:
    """Start fresh interpreters, the client's module named so that nothing stays unloaded."""
    sides = [
        Side("ours", program("sides.imports", "trio_batches.client")),
        Side("no import", program("sides.imports", "sys")),
    ]
    if sdk_is_there():
        sides.append(Side("SDK", program("sides.imports", "anthropic")))
    measured = hold(sides, stage.runs * 3)
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    megabytes = {name: [run.memory / 1e6 for run in runs] for name, runs in measured.items()}
    told = f"{summary(seconds, 's')}; {summary(megabytes, 'MB')}"
    samples = seconds | {f"{name}, MB": values for name, values in megabytes.items()}
    if sdk_is_there():
        yield Finding(
            row="imports",
            what="import, against the SDK",
            figure=median(seconds["ours"]) / median(seconds["SDK"]),
            goal=_GOAL,
            sides=told,
            samples=samples,
        )
    else:
        yield unmeasured("imports", "import, against the SDK", _GOAL, "the SDK is not installed")
    yield Finding(
        row="imports",
        what="import, interpreter's start included",
        figure=median(seconds["ours"]),
        goal=_SECONDS,
        sides=told,
    )
    yield Finding(
        row="imports",
        what="memory after it",
        figure=median(megabytes["ours"]),
        goal=_MEGABYTES,
        sides=told,
    )
