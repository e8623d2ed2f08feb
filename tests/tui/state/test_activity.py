from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui.events import Note
from tui.state.activity import KEPT, Activity, command_of_call

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def note(number: int, text: str, *, is_call: bool = True) -> Note:
    return Note(number=number, at=NOW, text=text, is_call=is_call)


@pytest.mark.parametrize(
    ("call", "command"),
    [
        ("GET /v1/messages/batches", "trio-batches list"),
        ("GET /v1/messages/batches?limit=1000&after_id=x", "trio-batches list"),
        ("GET /v1/messages/batches/msgbatch_1", "trio-batches show msgbatch_1"),
        ("GET /v1/messages/batches/msgbatch_1/results", "trio-batches results msgbatch_1"),
        ("POST /v1/messages/batches/msgbatch_1/cancel", "trio-batches cancel msgbatch_1"),
        ("DELETE /v1/messages/batches/msgbatch_1", "trio-batches delete msgbatch_1"),
        ("POST /v1/messages/batches", "trio-batches submit FILE"),
        ("GET /v1/models?limit=20", "trio-batches models"),
        ("GET https://elsewhere.test/file", ""),
    ],
)
def test_each_call_has_its_command(call: str, command: str) -> None:
    assert command_of_call(call) == command


def test_calls_and_notes_are_rows_the_latest_first() -> None:
    activity = Activity()

    activity.absorb([note(1, "GET /v1/models: 200 in 12 ms")])
    activity.absorb(
        [
            note(1, "GET /v1/models: 200 in 12 ms"),
            note(2, "DELETE /v1/messages/batches/b: 404 in 3 ms"),
            note(3, "GET http://127.0.0.1:8/v1/messages/batches/b/results: 200 in 9 ms"),
            note(4, "it is slow: trying again in 1.0 s", is_call=False),
        ]
    )
    activity.add("download 3 batches", command="trio-batches download a b c")

    assert activity.look()
    assert len(activity) == activity.total == 5
    rows = [activity.cells(row) for row in range(5)]
    assert [cells[1].text for cells in rows] == [
        "download 3 batches",
        "it is slow: trying again in 1.0 s",
        "GET /v1/messages/batches/b/results",
        "DELETE /v1/messages/batches/b",
        "GET /v1/models",
    ]
    assert [cells[2].text for cells in rows] == [
        "",
        "",
        "200 in 9 ms",
        "404 in 3 ms",
        "200 in 12 ms",
    ]
    assert [cells[1].tone or cells[2].tone for cells in rows] == ["", "warn", "good", "bad", "good"]
    assert [cells[3].text for cells in rows] == [
        "trio-batches download a b c",
        "",
        "trio-batches results b",
        "trio-batches delete b",
        "trio-batches models",
    ]


def test_rows_stay_as_they_are_until_one_looks_again() -> None:
    activity = Activity()
    assert not activity.look()

    activity.add("one")
    assert len(activity) == 0
    assert activity.look()
    assert len(activity) == 1
    assert not activity.look()


def test_a_row_keeps_its_key_while_others_come_and_the_oldest_go() -> None:
    activity = Activity()
    activity.add("first")
    activity.look()
    first = activity.key(0)

    for number in range(KEPT - 1):
        activity.add(str(number))
    activity.look()
    assert activity.row_of(first) == KEPT - 1
    assert activity.deed(first) is not None

    activity.add("one too many")
    activity.look()
    assert not activity.knows(first)
    assert activity.deed(first) is None
    assert activity.row_of("no number") is None
