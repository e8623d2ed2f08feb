"""The terminal app: how soon it is there, how fast a key is painted, what it writes and holds."""

from __future__ import annotations

from itertools import islice
from statistics import median, quantiles
from typing import TYPE_CHECKING

from tests.benchmarks.pseudo_terminal import PseudoTerminal
from tests.benchmarks.service import Service
from tests.benchmarks.table import Finding, Goal, at_most, summary
from trio_batches.simulator import Scenario, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.stage import Stage

__all__ = ("app",)

_KEYS = 100
_LINE_BYTES = 1_000
_IDLE_SECONDS = 10.0


def app(stage: Stage) -> Iterator[Finding]:
    """Drive the app in a pseudo-terminal, its service in a process of its own."""
    batches = 5_000 if stage.quick else 10_000
    with Service(Scenario(), batches=batches) as service:
        home = stage.folder / "app-home"
        variables = {"ANTHROPIC_BASE_URL": service.base_url, "TRIO_BATCHES_HOME": str(home)}
        yield from _start(variables, stage.runs)
        yield from _list(variables, batches)
    yield from _downloading(stage)
    yield from _results(stage)


def _start(variables: dict[str, str], runs: int) -> Iterator[Finding]:
    first: list[float] = []
    rows: list[float] = []
    ends: list[float] = []
    for _ in range(runs + 1):
        with PseudoTerminal(variables=variables) as terminal:
            first.append(terminal.read_until(b"STATE"))
            rows.append(terminal.read_until(b"msgbatch_"))
            terminal.settle(0.5)
            ends.append(terminal.stop())
    # The first one found an empty ledger.
    yield _finding("to the first screen", {"seconds": first[1:]}, at_most(0.35, "s"))
    yield _finding("to the batches on it", {"seconds": rows[1:]}, at_most(1.0, "s"))
    yield _finding("from SIGTERM to the end", {"seconds": ends[1:]}, at_most(0.2, "s"))


def _list(variables: dict[str, str], batches: int) -> Iterator[Finding]:
    with PseudoTerminal(variables=variables) as terminal:
        terminal.read_until(b"updated")
        terminal.settle(2.0)
        yield from _keys(terminal, f"{batches:,} batches, idle", at_most(20, "ms"))
        terminal.type("G")  # the oldest are older than two hours: their ages stand still
        terminal.settle(1.0)
        before = terminal.cpu()
        quiet = terminal.count_for(_IDLE_SECONDS)
        busy = 100 * (terminal.cpu() - before) / _IDLE_SECONDS
        yield _finding("processor time while idle", {"percent": [busy]}, at_most(2, "%"), "%")
        refreshed: list[float] = []
        for _ in range(3):
            terminal.type("r")
            refreshed.append(terminal.count_for(3.0))
        told = {"refresh": refreshed, "idle, 10 s": [float(quiet)]}
        yield _finding("bytes of a refresh without news", told, at_most(100, "B"), "B")


def _downloading(stage: Stage) -> Iterator[Finding]:
    requests = 100_000 if stage.quick else 400_000
    with Service(Scenario(), batches=8, requests=requests, result_bytes=_LINE_BYTES) as service:
        home = stage.folder / "busy-home"
        variables = {"ANTHROPIC_BASE_URL": service.base_url, "TRIO_BATCHES_HOME": str(home)}
        with PseudoTerminal(variables=variables) as terminal:
            terminal.read_until(b"updated")
            terminal.settle(1.0)
            terminal.type("\x01d")  # all of them
            terminal.read_until(b"MB/s")
            yield _key(terminal, "during a download, moves", at_most(50, "ms"), "jjkj")


def _results(stage: Stage) -> Iterator[Finding]:
    lines = 100_000 if stage.quick else 1_000_000
    path = _results_file(stage.folder / "million.jsonl", lines)
    opened: list[float] = []
    bare: list[float] = []
    indexed: list[float] = []
    large: list[int] = []
    small: list[int] = []
    for _ in range(stage.runs):
        with PseudoTerminal("view", str(path), variables={}) as terminal:
            terminal.read_until(b"CUSTOM ID")
            opened.append(terminal.read_until(b"request-0000000"))
            indexed.append(terminal.read_until(f"{lines:,}".encode()) - opened[-1])
            terminal.settle(1.0)
            large.append(terminal.memory())
        with PseudoTerminal(
            "view", str(_results_file(stage.folder / "one.jsonl", 1)), variables={}
        ) as terminal:
            bare.append(terminal.read_until(b"request-0000000"))
            terminal.settle(1.0)
            small.append(terminal.memory())
    sides = {f"{lines:,} lines": opened, "one line": bare}
    more = [median(opened) - median(bare)]
    yield Finding(
        row="app",
        what=f"more seconds to the first screen of {lines:,} results than of one",
        figure=more[0],
        goal=at_most(0.1, "s"),
        sides=summary(sides, "s"),
        samples=sides,
    )
    yield _finding(f"from there to the index of {lines:,}", {"index": indexed}, at_most(3, "s"))
    held = {
        "more than one line": [(median(large) - median(small)) / 1e6],
        "in all": [size / 1e6 for size in large],
    }
    yield _finding(f"memory of {lines:,} results", held, at_most(40, "MB"), "MB")
    with PseudoTerminal("view", str(path), variables={}) as terminal:
        terminal.read_until(f"{lines:,}".encode())
        terminal.settle(1.0)
        yield from _keys(terminal, f"{lines:,} results", at_most(20, "ms"))


def _keys(terminal: PseudoTerminal, where: str, goal: Goal) -> Iterator[Finding]:
    yield _key(terminal, f"{where}, moves", goal, "jjkj")
    yield _key(terminal, f"{where}, scrolls", goal, "G" + "k" * 40)


def _key(terminal: PseudoTerminal, where: str, goal: Goal, keys: str) -> Finding:
    """Press keys, then the last two of them in turn, many times."""
    for key in keys:
        terminal.press(key)
    pressed = [terminal.press(keys[-1 - turn % 2]) for turn in range(_KEYS)]
    terminal.settle(0.05)
    seconds = [moment * 1e3 for moment, _ in pressed]
    p95 = quantiles(seconds, n=20)[-1]
    size = median(size for _, size in pressed)
    return Finding(
        row="app",
        what=f"key to paint, p95, {where}",
        figure=p95,
        goal=goal,
        sides=f"p50 {median(seconds):.1f}, most {max(seconds):.1f} ms; {size:.0f} B a key",
        samples={"ms": seconds},
    )


def _finding(what: str, samples: dict[str, list[float]], goal: Goal, unit: str = "s") -> Finding:
    """Return the line of a figure: the median of the first side."""
    return Finding(
        row="app",
        what=what,
        figure=median(next(iter(samples.values()))),
        goal=goal,
        sides=summary(samples, unit),
        samples=samples,
    )


def _results_file(path: Path, lines: int) -> Path:
    if not path.exists():
        world = World(5)
        batch_id = world.add_ended_batch(lines, errored=lines // 100, result_bytes=_LINE_BYTES)
        with path.open("wb") as file:
            written = world.result_lines(batch_id)
            while piece := b"".join(islice(written, 10_000)):
                file.write(piece)
    return path
