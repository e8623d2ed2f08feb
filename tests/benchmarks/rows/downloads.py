"""Verified files on disk."""

from __future__ import annotations

import shutil
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.contest import Side, hold, program
from tests.benchmarks.nginx import nginx_is_there
from tests.benchmarks.rows.costs import costs
from tests.benchmarks.table import Finding, at_least, summary, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.stage import Stage
    from tests.benchmarks.table import Goal

__all__ = ("downloads",)

_GOAL = at_least(0.7)
_TLS_GOAL = at_least(0.5)


def downloads(stage: Stage) -> Iterator[Finding]:
    """Compare a verified download, synced to disk, with curl, which does neither."""
    if not nginx_is_there() or shutil.which("curl") is None:
        why = "nginx or curl is not installed"
        yield unmeasured("downloads", "a verified file, against curl", _GOAL, why)
        return
    size = stage.results.stat().st_size
    target = stage.folder / "download"
    target.mkdir(exist_ok=True)
    plain, certificate = stage.nginx.base_url, stage.nginx.certificate
    yield from _compare(stage, f"a verified file of {size / 1e6:.0f} MB", plain, "results", _GOAL)
    yield from _compare(stage, "the same in chunks", plain, "chunked", _GOAL)
    if certificate is None:
        yield unmeasured("downloads", "the same over TLS", _TLS_GOAL, "openssl is not installed")
    else:
        yield from _compare(
            stage, "the same over TLS", stage.nginx.tls_base_url, "results", _TLS_GOAL
        )


def _fill_page_cache(path: Path, size: int) -> None:
    """Write a file and remove it, so that every side finds memory for its own at hand.

    A virtual machine may have to get it from its host, which can take longer than all
    else; a side that comes after one with a file would be spared that.
    """
    portion = bytes(1 << 18)
    with path.open("wb", buffering=0) as file:
        for _ in range(0, size, len(portion)):
            file.write(portion)
    path.unlink()


def _compare(stage: Stage, what: str, url: str, place: str, goal: Goal) -> Iterator[Finding]:
    """Let both download the results, curl into a file that is neither checked nor synced.

    Bare httpx puts them nowhere.
    """
    encrypted = url.startswith("https")
    ending = "_tls" if encrypted else {"results": "", "chunked": "_chunked"}[place]
    target = stage.folder / "download"
    file = target / "curl.jsonl"
    told = '{"seconds": %{time_total}}'
    curl = f"curl -sS -o {file} -w '{told}' {url}/{place}/results && rm {file}"
    batch_id = f"msgbatch_results{ending}"
    measured = hold(
        [
            Side("ours", program("sides.job", url, str(target), "1", batch_id)),
            Side("curl", ["sh", "-c", curl]),
            Side("bare, without a file", program("sides.bare", "drain", url, batch_id)),
        ],
        stage.runs,
        certificate=stage.nginx.certificate if encrypted else None,
        before=partial(_fill_page_cache, target / "before", stage.results.stat().st_size),
    )
    seconds = {name: [run.seconds for run in runs] for name, runs in measured.items()}
    cpu = {"ours": [run.cpu for run in measured["ours"]]}
    yield Finding(
        row="downloads",
        what=f"{what}, against curl",
        figure=median(seconds["curl"]) / median(seconds["ours"]),
        goal=goal,
        sides=f"{summary(seconds, 's')}; {summary(cpu, 'CPU s')}",
        samples=seconds,
    )
    yield from costs("downloads", what, measured["ours"])
