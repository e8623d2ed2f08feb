from __future__ import annotations

from tests.tui.known import known
from tui.state.choices import find_batches

BATCHES = [
    known(1, label="nightly triage"),
    known(2, label=None),
    known(3, label="Nightly copy"),
    *(known(number, label="bulk") for number in range(100, 150)),
]


def names(typed: str) -> list[str]:
    return [choice.name for choice in find_batches(typed, BATCHES, print)]


def test_batches_are_found_by_a_part_of_label_or_id() -> None:
    assert names("nightly") == ["nightly triage", "Nightly copy"]
    assert names("_0002") == ["msgbatch_0002"]
    assert names("nothing of that kind") == []


def test_one_letter_finds_no_batches_and_many_finds_are_cut() -> None:
    assert names("n") == []
    assert len(names("bulk")) == 8


def test_a_whole_id_can_be_opened_whoever_knows_it() -> None:
    opened: list[str] = []
    known_one = find_batches("msgbatch_0001", BATCHES, opened.append)
    stranger = find_batches("msgbatch_elsewhere", BATCHES, opened.append)

    assert [choice.name for choice in known_one] == ["nightly triage"]
    assert [choice.name for choice in stranger] == ["msgbatch_elsewhere"]
    for choice in (*known_one, *stranger):
        choice.do()
    assert opened == ["msgbatch_0001", "msgbatch_elsewhere"]
