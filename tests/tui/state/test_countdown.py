from __future__ import annotations

from tui.state.countdown import LEAST, SECONDS, Countdowns


class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


async def nothing() -> None: ...


def test_what_is_pending_says_how_long_it_can_be_taken_back() -> None:
    clock = Clock()
    countdowns = Countdowns(clock)
    assert countdowns.sentence() == ""

    countdowns.begin("Deleting 12 batches", nothing)
    assert countdowns.sentence() == "Deleting 12 batches in 5 s — z takes it back"

    clock.now += 1.5
    countdowns.begin("Deleting 1 batch", nothing)
    assert countdowns.sentence() == (
        "Deleting 12 batches in 4 s, Deleting 1 batch in 5 s — z takes the last back"
    )


def test_it_is_due_when_the_seconds_are_over_and_not_before() -> None:
    clock = Clock()
    countdowns = Countdowns(clock)
    countdowns.begin("first", nothing)
    clock.now += 1
    countdowns.begin("second", nothing)

    clock.now = 100 + SECONDS - 0.01
    assert countdowns.due() == []
    clock.now = 100 + SECONDS
    assert [pending.words for pending in countdowns.due()] == ["first"]
    assert countdowns.due() == []
    assert len(countdowns) == 1


def test_the_last_is_taken_back_first_and_never_due() -> None:
    clock = Clock()
    countdowns = Countdowns(clock)
    countdowns.begin("first", nothing)
    countdowns.begin("second", nothing)

    taken = countdowns.take_back()
    clock.now += 2 * SECONDS

    assert taken is not None
    assert taken.words == "second"
    assert [pending.words for pending in countdowns.due()] == ["first"]
    assert countdowns.take_back() is None


def test_no_second_passes_while_it_is_held() -> None:
    clock = Clock()
    countdowns = Countdowns(clock)
    countdowns.begin("first", nothing)
    clock.now += 2
    countdowns.hold("suspended")
    clock.now += 1000
    assert countdowns.due() == []
    assert "in 3 s" in countdowns.sentence()

    countdowns.go_on("suspended")
    assert "in 3 s" in countdowns.sentence()
    clock.now += 3
    assert len(countdowns.due()) == 1


def test_it_is_held_until_nothing_holds_it() -> None:
    clock = Clock()
    countdowns = Countdowns(clock)
    countdowns.begin("first", nothing)
    countdowns.hold("leaving")
    countdowns.hold("typing")
    countdowns.go_on("leaving")
    clock.now += 1000
    assert countdowns.due() == []
    countdowns.go_on("typing")
    assert "in 5 s" in countdowns.sentence()


def test_what_is_due_when_the_hold_begins_is_held_and_leaves_time_after_it() -> None:
    clock = Clock()
    countdowns = Countdowns(clock)
    countdowns.begin("first", nothing)
    clock.now += SECONDS
    countdowns.hold("typing")
    assert countdowns.due() == []
    countdowns.go_on("typing")
    clock.now += LEAST - 0.01
    assert countdowns.due() == []
    clock.now += 0.01
    assert len(countdowns.due()) == 1


def test_it_says_that_it_is_held_while_the_user_types() -> None:
    countdowns = Countdowns(Clock())
    countdowns.key = "F8"
    countdowns.begin("Deleting 1 batch", nothing)
    countdowns.hold("leaving")
    assert countdowns.sentence() == "Deleting 1 batch in 5 s — F8 takes it back"
    countdowns.hold("typing")
    assert countdowns.sentence() == (
        "Held while you type: Deleting 1 batch in 5 s — then F8 takes it back"
    )
