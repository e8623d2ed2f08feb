"""Compare trio_batches with the official SDK, curl and bare httpx, all in one run.

uv run --group sdk python -m tests.benchmarks [--quick] [--only ROW] [--check] [--json FILE]
uv run python -m tests.benchmarks --scaling [--quick] [--slow] [--json FILE]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from tests.benchmarks.rows import ROWS
from tests.benchmarks.scaling import draw, scaling
from tests.benchmarks.stage import Stage
from tests.benchmarks.table import Finding, misses, render


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=ROWS, help="a row, repeatable")
    parser.add_argument("--quick", action="store_true", help="3 runs over a quarter of the bytes")
    parser.add_argument("--runs", type=int, help="runs of each side (5, with --quick 3)")
    parser.add_argument("--slow", action="store_true", help="also the SDK's 80 s for an 8 MB line")
    parser.add_argument("--scaling", action="store_true", help="how cost grows, instead")
    parser.add_argument("--check", action="store_true", help="exit 1 if a goal is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample too")
    return parser.parse_args()


def _scale(stage: Stage, report: Path | None) -> int:
    steps = list(scaling(stage))
    print(draw(steps))
    if report is not None:
        report.write_bytes(msgspec.json.format(msgspec.json.encode(steps)))
    return 0


def main() -> int:
    """Run the rows and print the table."""
    arguments = _arguments()
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="trio-batches-bench-") as folder:
        stage = Stage(
            Path(folder),
            runs=arguments.runs or (3 if arguments.quick else 5),
            quick=arguments.quick,
            slow=arguments.slow,
        )
        with stage:
            if arguments.scaling:
                return _scale(stage, arguments.json)
            for name in arguments.only or ROWS:
                started = time.perf_counter()
                findings += ROWS[name](stage)
                seconds = time.perf_counter() - started
                print(f"{name}: measured in {seconds:.0f} s", file=sys.stderr)
    print(render(findings))
    if arguments.json is not None:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(findings)))
    return 1 if arguments.check and misses(findings) else 0


if __name__ == "__main__":
    sys.exit(main())
