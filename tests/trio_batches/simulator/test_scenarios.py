from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trio_batches.errors import ConfigurationError
from trio_batches.simulator import Answer, Cut, Edit, Fault, Scenario

if TYPE_CHECKING:
    from pathlib import Path


def test_a_scenario_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "storm.json"
    path.write_text(
        """{
        "batch_seconds": 3, "bandwidth": 4e6, "result_order": "stable",
        "faults": [
            {"operation": "results", "nth": 2, "cut": {"place": "line", "at": 9, "how": "rst"}},
            {"path": "*/cancel", "answer": {"status": 500}, "edits": [{"line": 1, "what": "drop"}]}
        ]}"""
    )
    assert Scenario.load(path) == Scenario(
        batch_seconds=3,
        bandwidth=4e6,
        result_order="stable",
        faults=(
            Fault(operation="results", nth=2, cut=Cut(place="line", at=9, how="rst")),
            Fault(path="*/cancel", answer=Answer(status=500), edits=(Edit(line=1, what="drop"),)),
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"latencey": 1}', "unknown field `latencey`"),
        ('{"faults": [{"cut": {"where": 1}}]}', r"unknown field `where` - at `\$.faults\[0\].cut`"),
        ('{"faults": [{"answer": {"status": 99}}]}', r"`int` >= 200 - at .*status"),
        ('{"faults": [{"nth": 0}]}', r"`int` >= 1 - at .*nth"),
        ('{"bandwidth": 0}', "`float` > 0"),
        ("{", "Input data was truncated"),
    ],
)
def test_a_wrong_scenario_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=rf"wrong\.json: .*{message}"):
        Scenario.load(path)
