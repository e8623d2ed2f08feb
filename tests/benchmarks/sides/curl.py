"""curl's side: `python -m tests.benchmarks.sides.curl CONCURRENCY URL…` fetches into nowhere."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.benchmarks.measurement import Measurement

_HEADERS = ("authorization: Bearer sk-ant-benchmark", "anthropic-version: 2026-10-21")


def _fetch(concurrency: str, urls: list[str]) -> Measurement:
    headers = [part for header in _HEADERS for part in ("-H", header)]
    targets = [part for url in urls for part in (url, "-o", "/dev/null")]
    command = ["curl", "-sS", "--fail", "-Z", "--parallel-max", concurrency, *headers, *targets]
    started = time.perf_counter()
    told = subprocess.run(
        [*command, "-w", "%{size_download}\n"], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    return Measurement(seconds=seconds, items=sum(map(int, told.stdout.split())))


if __name__ == "__main__":
    _fetch(sys.argv[1], sys.argv[2:]).report()
