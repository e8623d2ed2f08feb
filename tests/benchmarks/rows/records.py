"""Typed records of a large results file."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program, sdk_is_there
from tests.benchmarks.nginx import nginx_is_there
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.table import Finding, at_least, at_most, median_of, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.stage import Stage

__all__ = ("records",)

_AGAINST_SDK = at_least(10)
_AGAINST_BARE = at_most(1.25)
_EACH_LINE = at_most(4, "us")
_WAYS = {
    "": "msgbatch_results",
    ", chunked": "msgbatch_results_chunked",
    ", in chunks of 2 KiB": "msgbatch_results_small_chunks",
}
_BLOCKS, _RECORDS, _LINES, _SDK, _BARE = "blocks", "records", "lines", "SDK", "bare"


def records(stage: Stage) -> Iterator[Finding]:
    """Compare with the SDK, and with a bare drain and the decoding of the same bytes."""
    if not nginx_is_there():
        yield unmeasured("records", "typed records", _AGAINST_SDK, "nginx is not installed")
        return
    path = stage.results
    megabytes = path.stat().st_size / 1e6
    url = stage.nginx.base_url
    for how, batch_id in _WAYS.items():
        sides = [
            Side(_BLOCKS, program("sides.ours", "blocks", url, batch_id)),
            Side(_RECORDS, program("sides.ours", "records", url, batch_id)),
            Side(_LINES, program("sides.ours", "lines", url, batch_id)),
            Side(_BARE, program("sides.bare", "records", url, batch_id, str(path))),
        ]
        if sdk_is_there() and not how:
            sides.append(Side(_SDK, program("sides.sdk", "records", url, batch_id)))
        measured = hold(sides, stage.runs)
        counts = {run.items for runs in measured.values() for run in runs}
        assert len(counts) == 1, f"the sides counted {counts} records"
        seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
        cpu = {name: [run.cpu for run in runs] for name, runs in measured.items() if name != _BARE}
        medians = {name: median(values) for name, values in seconds.items()}
        what = f"typed records, {megabytes:.0f} MB{how}"
        told = summary(seconds, "s")
        for ours, form in ((_BLOCKS, "in blocks"), (_RECORDS, "one by one")):
            if _SDK in medians:
                yield Finding(
                    row="records",
                    what=f"{what}, {form}, against the SDK",
                    figure=medians[_SDK] / medians[ours],
                    goal=_AGAINST_SDK,
                    sides=told,
                    samples=seconds,
                )
                yield Finding(
                    row="records",
                    what=f"{what}, {form}, processor time against the SDK's",
                    figure=median(cpu[_SDK]) / median(cpu[ours]),
                    goal=_AGAINST_SDK,
                    sides=summary(cpu, "CPU s"),
                    samples=cpu,
                )
            elif not how:
                yield unmeasured("records", what, _AGAINST_SDK, "the SDK is not installed")
        yield Finding(
            row="records",
            what=f"{what}, in blocks, against bare httpx and msgspec",
            figure=medians[_BLOCKS] / medians[_BARE],
            goal=_AGAINST_BARE,
            sides=told,
            samples=seconds,
        )
        each = {name: [used / max(counts) * 1e6 for used in values] for name, values in cpu.items()}
        line = f"processor time of a line of 2 kB{how}, counted"
        yield median_of("records", line, _EACH_LINE, each, _LINES)
        for ours in (_BLOCKS, _LINES):
            yield from costs("records", f"{ours}{how}", measured[ours])
