"""What a run found out, against what was promised: ratios first."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = (
    "Finding",
    "Goal",
    "at_least",
    "at_most",
    "median_of",
    "misses",
    "render",
    "summary",
    "unmeasured",
)


class Goal(Struct, frozen=True):
    """A bound of a figure, in the figure's own unit."""

    bound: float
    unit: str
    at_least: bool

    def is_met(self, figure: float) -> bool:
        """Tell whether a figure is on the right side of the bound."""
        return figure >= self.bound if self.at_least else figure <= self.bound

    @override
    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g} {self.unit}"


def at_least(bound: float, unit: str = "x") -> Goal:
    """Return a goal for what should be large."""
    return Goal(bound, unit, at_least=True)


def at_most(bound: float, unit: str = "x") -> Goal:
    """Return a goal for what should be small."""
    return Goal(bound, unit, at_least=False)


class Finding(Struct, frozen=True, kw_only=True):
    """One line of the table."""

    row: str
    what: str
    figure: float | None
    """None where nothing could be measured; `sides` says why."""
    goal: Goal
    sides: str
    """The medians of the sides, for people."""
    samples: dict[str, list[float]] = {}
    """Every run of every side."""

    @property
    def missed(self) -> bool:
        """Whether a figure was measured and is on the wrong side of its goal."""
        return self.figure is not None and not self.goal.is_met(self.figure)


def median_of(
    row: str, what: str, goal: Goal, samples: dict[str, list[float]], side: str = "ours"
) -> Finding:
    """Return the line of one side's median, in the goal's unit."""
    return Finding(
        row=row,
        what=what,
        figure=median(samples[side]),
        goal=goal,
        sides=summary(samples, goal.unit),
        samples=samples,
    )


def unmeasured(row: str, what: str, goal: Goal, why: str) -> Finding:
    """Return the line of what could not be measured."""
    return Finding(row=row, what=what, figure=None, goal=goal, sides=why)


def misses(findings: Sequence[Finding]) -> list[Finding]:
    """Return what was measured and falls short."""
    return [finding for finding in findings if finding.missed]


def summary(samples: Mapping[str, Sequence[float]], unit: str, *, scale: float = 1.0) -> str:
    """Write the median of each side, with its least and its greatest run."""
    return ", ".join(
        f"{name} {_short(median(values) * scale)}"
        + (f" ({_short(min(values) * scale)}-{_short(max(values) * scale)})" if values[1:] else "")
        + f" {unit}"
        for name, values in samples.items()
    )


def render(findings: Sequence[Finding]) -> str:
    """Write the table, a line for each finding."""
    head = ("figure", "goal", "", "row", "what", "median of each side (least-greatest)")
    lines: list[tuple[str, ...]] = [head]
    for finding, previous in zip(findings, (None, *findings), strict=False):
        repeated = previous is not None and finding.sides == previous.sides
        lines.append(_cells(finding, '"' if repeated else finding.sides))
    widths = [max(len(line[place]) for line in lines) for place in range(len(head) - 1)]
    return "\n".join(
        "  ".join((*map(str.ljust, line, widths), line[-1])).rstrip() for line in lines
    )


def _cells(finding: Finding, sides: str) -> tuple[str, ...]:
    if finding.figure is None:
        figure, verdict = "-", "-"
    else:
        figure = f"{_short(finding.figure)} {finding.goal.unit}"
        verdict = "MISS" if finding.missed else "ok"
    return figure, str(finding.goal), verdict, finding.row, finding.what, sides


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
