from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_batches.errors import ProtocolError
from trio_batches.protocol.tally import Tally

KINDS = ("succeeded", "errored", "canceled", "expired")


def expect(**counts: int) -> Tally:
    return Tally("msgbatch_1", {kind: counts.get(kind, 0) for kind in KINDS})


def test_what_arrives_is_counted_by_type() -> None:
    tally = expect(succeeded=2, errored=1)
    assert tally.add(["a", "b"], ["succeeded", "errored"]) is None
    assert (tally.received, tally.total) == ({"succeeded": 1, "errored": 1}, 2)
    assert (tally.complete, tally.hopeless, tally.reading_again) == (False, False, False)
    tally.add(["c"], ["succeeded"])
    assert tally.complete


def test_the_same_id_twice_in_a_block_is_an_error() -> None:
    with pytest.raises(ProtocolError, match=r"msgbatch_1: custom_id 'a' arrived twice"):
        expect(succeeded=3).add(["a", "b", "a"], ["succeeded"] * 3)


def test_the_same_id_in_two_blocks_of_a_reading_is_an_error() -> None:
    tally = expect(succeeded=3)
    tally.add(["a", "b"], ["succeeded"] * 2)
    with pytest.raises(ProtocolError, match="'b' arrived twice"):
        tally.add(["c", "b"], ["succeeded"] * 2)


def test_another_reading_gives_the_places_of_what_is_new() -> None:
    tally = expect(succeeded=4)
    tally.add(["a", "b"], ["succeeded"] * 2)
    tally.start_reading_again()
    assert tally.reading_again
    assert tally.add(["c", "a", "d"], ["succeeded"] * 3) == [0, 2]
    assert tally.add(["b"], ["succeeded"]) == []
    assert tally.complete
    assert tally.total == 4


def test_an_id_twice_in_another_reading_is_an_error_although_it_was_known() -> None:
    tally = expect(succeeded=4)
    tally.add(["a"], ["succeeded"])
    tally.start_reading_again()
    tally.add(["a"], ["succeeded"])
    with pytest.raises(ProtocolError, match="'a' arrived twice"):
        tally.add(["a"], ["succeeded"])


def test_another_type_than_counted_is_hopeless_once_all_have_come() -> None:
    tally = expect(succeeded=2)
    tally.add(["a"], ["succeeded"])
    tally.add(["b"], ["errored"])
    assert tally.hopeless
    error = tally.error()
    assert error.expected == {"succeeded": 2, "errored": 0, "canceled": 0, "expired": 0}
    assert error.received == {"succeeded": 1, "errored": 1}
    assert "errored 1 of 0, succeeded 1 of 2" in str(error)


def test_more_than_counted_is_hopeless() -> None:
    tally = expect(succeeded=1)
    tally.add(["a", "b"], ["succeeded"] * 2)
    assert tally.hopeless
    assert not tally.complete


def test_a_type_that_is_not_counted_is_left_out_of_the_comparison() -> None:
    tally = expect(succeeded=1)
    tally.add(["a", "b"], ["succeeded", "postponed"])
    assert tally.complete
    assert not tally.hopeless


def test_nothing_is_complete_where_nothing_is_expected() -> None:
    assert expect().complete


@given(
    st.lists(st.sampled_from(KINDS), max_size=30),
    st.lists(st.integers(0, 30), max_size=5),
)
def test_any_broken_readings_in_any_order_give_each_result_once(
    kinds: list[str], stops: list[int]
) -> None:
    ids = [str(number) for number in range(len(kinds))]
    tally = Tally("msgbatch_1", Counter(kinds))
    given_out: list[str] = []
    for attempt, stop in enumerate([*stops, len(ids)]):
        if attempt:
            tally.start_reading_again()
        part = [(place * 7 + attempt * 5) % 31 for place in range(31)]
        part = [place for place in part if place < len(ids)][:stop]
        names = [ids[place] for place in part]
        new = tally.add(names, [kinds[place] for place in part])
        given_out += names if new is None else [names[place] for place in new]
    assert sorted(given_out) == sorted(ids)
    assert tally.complete
    assert tally.received == dict(Counter(kinds))
