"""Results that come with a content encoding."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.nginx import nginx_is_there
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.table import Finding, at_most, summary, unmeasured
from trio_batches.protocol.zstd import has_zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage
    from trio_batches.store.compression import Compression

__all__ = ("compressed",)

_GOAL = at_most(1.25)


def compressed(stage: Stage) -> Iterator[Finding]:
    """Read typed records of gzip and zstd answers, unpacked 1 MB at a time."""
    if not nginx_is_there():
        yield unmeasured("compressed", "typed records", _GOAL, "nginx is not installed")
        return
    yield from _one(stage, "gzip")
    if has_zstd():
        yield from _one(stage, "zstd")
    else:
        yield unmeasured("compressed", "typed records, zstd", _GOAL, "zstd is not installed")


def _one(stage: Stage, compression: Compression) -> Iterator[Finding]:
    path, url, batch_id = stage.results, stage.nginx.base_url, f"msgbatch_results_{compression}"
    sent = stage.compress(compression)
    sides = [
        Side("ours", program("sides.ours", "blocks", url, batch_id)),
        Side("bare", program("sides.bare", "records", url, batch_id, str(path))),
    ]
    measured = hold(sides, stage.runs)
    counts = {run.items for runs in measured.values() for run in runs}
    assert len(counts) == 1, f"the sides counted {counts} records"
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    size = path.stat().st_size / 1e6
    yield Finding(
        row="compressed",
        what=f"typed records, {size:.0f} MB as {sent / 1e6:.0f} MB of {compression}, "
        "against bare httpx, its unpacking and msgspec",
        figure=median(seconds["ours"]) / median(seconds["bare"]),
        goal=_GOAL,
        sides=summary(seconds, "s"),
        samples=seconds,
    )
    yield from costs("compressed", f"records, {compression}", measured["ours"])
