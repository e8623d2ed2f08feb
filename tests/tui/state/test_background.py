from __future__ import annotations

import threading
from contextlib import closing
from typing import final

from tui.state.background import Background


@final
class Counting:
    """Has so many steps; tells when they are done."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.done = threading.Event()
        self.threads: set[int] = set()

    def step(self) -> bool:
        self.threads.add(threading.get_ident())
        if self.left:
            self.left -= 1
        else:
            self.done.set()
        return bool(self.left)


@final
class Failing:
    def step(self) -> bool:
        raise OSError("the disk is on fire")


def test_all_work_is_done_in_one_other_thread() -> None:
    first, second = Counting(100), Counting(50)
    with closing(Background()) as background:
        background.add(first)
        background.add(second)

        assert first.done.wait(30)
        assert second.done.wait(30)

    assert first.threads == second.threads
    assert threading.get_ident() not in first.threads


def test_idle_work_is_asked_again() -> None:
    work = Counting(0)
    with closing(Background()) as background:
        background.add(work)
        assert work.done.wait(30)

        work.done.clear()
        work.left = 3
        assert work.done.wait(30)


def test_a_failure_stops_its_own_work_only_and_is_told() -> None:
    work = Counting(10)
    with closing(Background()) as background:
        background.add(Failing())
        background.add(work)

        assert work.done.wait(30)
        assert background.trouble == "the disk is on fire"


def test_removed_work_is_not_asked_any_more() -> None:
    work, other = Counting(0), Counting(0)
    with closing(Background()) as background:
        background.add(work)
        assert work.done.wait(30)
        background.remove(work)
        background.add(other)
        assert other.done.wait(30)
        work.done.clear()
        other.done.clear()
        assert other.done.wait(30)

        assert not work.done.is_set()


def test_closing_ends_the_thread_and_nothing_is_begun_afterwards() -> None:
    work, late = Counting(0), Counting(0)
    background = Background()
    background.add(work)
    assert work.done.wait(30)

    background.close()
    background.add(late)

    assert not late.threads
    assert not any(thread.ident in work.threads for thread in threading.enumerate())
