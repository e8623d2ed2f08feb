from __future__ import annotations

import pytest

from tests.benchmarks.table import (
    Finding,
    Goal,
    at_least,
    at_most,
    misses,
    render,
    summary,
    unmeasured,
)


def finding(figure: float, goal: Goal) -> Finding:
    return Finding(row="records", what="typed records", figure=figure, goal=goal, sides="ours 1 s")


@pytest.mark.parametrize(
    ("figure", "goal", "missed"),
    [
        (8.0, at_least(8), False),
        (7.9, at_least(8), True),
        (20.0, at_most(20, "ms"), False),
        (20.1, at_most(20, "ms"), True),
    ],
)
def test_a_figure_on_the_wrong_side_of_its_goal_is_a_miss(
    figure: float, goal: Goal, *, missed: bool
) -> None:
    assert (misses([finding(figure, goal)]) != []) is missed


def test_what_could_not_be_measured_is_no_miss_and_says_why() -> None:
    absent = unmeasured("downloads", "a file", at_least(0.5), "curl is not installed")

    assert misses([absent]) == []
    assert "curl is not installed" in render([absent])


def test_the_table_has_figures_first_and_marks_misses() -> None:
    good, bad = finding(10.4, at_least(8)), finding(180.0, at_most(160, "ms"))

    assert render([good, bad]).splitlines() == [
        "figure  goal            row      what           median of each side (least-greatest)",
        "10.4 x  ≥ 8 x     ok    records  typed records  ours 1 s",
        '180 ms  ≤ 160 ms  MISS  records  typed records  "',
    ]


def test_a_summary_has_medians_and_the_spread() -> None:
    assert summary({"ours": [0.3, 0.1, 0.2], "SDK": [5.0]}, "s") == "ours 0.2 (0.1-0.3) s, SDK 5 s"
