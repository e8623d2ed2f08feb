from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.state.part import Whereabouts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["msgbatch_1.jsonl", "msgbatch_1.jsonl.gz"])
def test_a_part_that_becomes_whole_is_found_by_its_last_name(tmp_path: Path, name: str) -> None:
    part = tmp_path / f"{name}.1a2b3c4d.part"
    part.touch()
    whereabouts = Whereabouts(part)
    assert not whereabouts.look()

    part.rename(tmp_path / name)

    assert [whereabouts.look(), whereabouts.look()] == [True, False]
    assert whereabouts.path == tmp_path / name


def test_another_file_of_that_name_is_not_taken_for_it(tmp_path: Path) -> None:
    part = tmp_path / "msgbatch_1.jsonl.1a2b3c4d.part"
    part.touch()
    (tmp_path / "msgbatch_1.jsonl").touch()
    whereabouts = Whereabouts(part)

    assert not whereabouts.look()
    assert whereabouts.path == part


def test_what_is_not_there_stays_where_it_is_not(tmp_path: Path) -> None:
    whereabouts = Whereabouts(tmp_path / "msgbatch_1.jsonl.1a2b3c4d.part")

    assert not whereabouts.look()
