from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
import trio

from trio_batches import Client, Home, download, open_ledger, resubmit, watch
from trio_batches.errors import InvalidIdError, TrioBatchesError
from trio_batches.jobs import for_each

if TYPE_CHECKING:
    from pathlib import Path


async def double(number: int) -> int:
    await trio.sleep(1 / number)
    return 2 * number


async def test_outcomes_have_the_order_of_the_things() -> None:
    assert list((await for_each([1, 3, 2], double)).items()) == [(1, 2), (3, 6), (2, 4)]


async def test_each_thing_is_called_for_once() -> None:
    called: list[int] = []

    async def call(number: int) -> None:
        await trio.lowlevel.checkpoint()
        called.append(number)

    await for_each([1, 2, 1, 1], call)

    assert sorted(called) == [1, 2]


async def test_one_text_is_not_taken_letter_by_letter(tmp_path: Path) -> None:
    client = Client(api_key="sk-test-not-a-key")

    async def never(_: object) -> None:
        raise AssertionError

    async with open_ledger(Home(tmp_path)) as ledger:
        for call in (
            partial(for_each, "msgbatch_1", never),
            partial(watch, client, "msgbatch_1", never),
            partial(download, client, "msgbatch_1", tmp_path),
            partial(resubmit, client, ledger, Home(tmp_path), "msgbatch_1"),
        ):
            with pytest.raises(TypeError, match="give a list, also of a single one"):
                await call()
    with pytest.raises(TypeError, match="betas: give a list"):
        Client(api_key="sk-test-not-a-key", betas="files-api")
    with pytest.raises(TypeError, match="betas: give a list"):
        client.beta.messages.batches.list(betas="files-api")


async def test_one_failure_does_not_stop_the_others() -> None:
    async def call(number: int) -> int:
        if number == 2:
            raise InvalidIdError("no id")
        return await double(number)

    outcomes = await for_each([1, 2, 3], call)

    assert (outcomes[1], outcomes[3]) == (2, 6)
    assert isinstance(outcomes[2], TrioBatchesError)


async def test_an_error_of_another_kind_comes_out_bare_and_stops_the_others() -> None:
    async def call(number: int) -> int:
        if number == 2:
            raise LookupError("a bug")
        return await double(number)

    start = trio.current_time()
    with pytest.raises(LookupError, match="a bug"):
        await for_each([1, 2, 3], call)

    assert trio.current_time() == start


async def test_several_errors_of_another_kind_stay_together() -> None:
    async def call(number: int) -> int:
        with trio.CancelScope(shield=True):
            await trio.sleep(1)
        raise LookupError(number)

    with pytest.RaisesGroup(LookupError, LookupError):
        await for_each([1, 2], call)


async def test_no_more_calls_than_asked_for_run_at_a_time() -> None:
    running = most = 0

    async def call(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await trio.sleep(1)
        running -= 1

    start = trio.current_time()
    await for_each(range(7), call, concurrency=3)

    assert most == 3
    assert trio.current_time() - start == 3


async def test_what_was_over_before_it_was_cancelled_is_told() -> None:
    async def call(number: int) -> int:
        if number == 3:
            await trio.sleep_forever()
        if number == 2:
            raise InvalidIdError("no id")
        return await double(number)

    outcomes: dict[int, int | TrioBatchesError] = {}
    with trio.move_on_after(5):
        await for_each([1, 2, 3], call, outcomes=outcomes)

    assert outcomes.keys() == {1, 2}
    assert outcomes[1] == 2


async def test_cancelling_ends_the_calls() -> None:
    async def call(_: int) -> None:
        await trio.sleep_forever()

    with trio.move_on_after(1) as scope:
        await for_each(range(3), call)

    assert scope.cancelled_caught
