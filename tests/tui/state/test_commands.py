from __future__ import annotations

from tui.state.commands import command_line


def test_ids_stand_where_the_pattern_says() -> None:
    pattern = "trio-batches label {ids} LABEL"

    assert command_line(pattern, ["msgbatch_1"]) == "trio-batches label msgbatch_1 LABEL"
    assert command_line(pattern) == "trio-batches label ID LABEL"
    assert command_line("trio-batches list", ["msgbatch_1"]) == "trio-batches list"
    assert command_line("") == ""


def test_many_ids_are_all_named_unless_it_shall_be_short() -> None:
    ids = [f"msgbatch_{number:024}" for number in range(1005)]

    assert command_line("delete {ids}", ids).split()[1:] == ids
    assert command_line("delete {ids}", ids, short=True) == "delete msgbatch_0000000… + 1,004"
    assert command_line("delete {ids}", ["b1"], short=True) == "delete b1"
    assert command_line("delete {ids}", short=True) == "delete ID"


def test_an_id_from_elsewhere_cannot_be_a_command() -> None:
    assert command_line("show {ids}", ["a; rm x"]) == "show 'a; rm x'"
