"""Submissions that are given up: what is kept, what may be sent again, and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.jobs.submissions import Desk, creates, lines, request, requests
from trio_batches.errors import AlreadySubmittedError, BusyError
from trio_batches.jobs import Abandoned, abandon
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store import open_ledger
from trio_batches.store.input_lock import hold_input

if TYPE_CHECKING:
    from tests.trio_batches.transport.peers import Network

LOST = Fault(operation="create", drop_reply=True)
REFUSED = Fault(operation="create", answer=Answer(status=403))


def world_of(*faults: Fault) -> World:
    return World(scenario=Scenario(faults=faults, listing_delay=20, read_timeout=1e7))


async def give_up(desk: Desk) -> list[Abandoned]:
    (submission,) = {intent.submission for intent in await desk.intents()}
    async with open_ledger(desk.home) as ledger:
        return await abandon(ledger, desk.home, submission)


async def interrupt(desk: Desk, *, keep: bool = True) -> None:
    with trio.move_on_after(5):
        await desk.submit(requests(2), keep=keep)


async def test_a_lost_create_is_not_looked_for_any_more(network: Network, desk: Desk) -> None:
    world = network.serve(world=world_of(LOST))
    await interrupt(desk)
    (given_up,) = await give_up(desk)
    assert (given_up.chunk, given_up.requests, given_up.sent_at is None) == (0, 2, False)
    assert (await desk.resume()).chunks == []
    (intent,) = await desk.intents()
    assert (intent.state, intent.reason) == ("abandoned", "given up by the user")
    assert creates(world) == 1


async def test_its_requests_are_set_aside_and_can_be_submitted_anew(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(LOST))
    await interrupt(desk)
    (given_up,) = await give_up(desk)
    assert desk.files() == [f"abandoned/{(await desk.intents())[0].id}.jsonl"]
    assert given_up.path is not None
    assert Path(given_up.path).read_bytes() == lines(requests(2))
    assert await give_up(desk) == []
    assert (await desk.submit(Path(given_up.path), again=True)).complete
    assert creates(world) == 2


async def test_the_same_input_asks_for_again_once_a_batch_may_exist(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(LOST))
    await interrupt(desk)
    await give_up(desk)
    with pytest.raises(AlreadySubmittedError, match="and given up, whose batches may exist"):
        await desk.submit(requests(2))
    assert creates(world) == 1
    assert (await desk.submit(requests(2), again=True)).complete
    assert creates(world) == 2


async def test_what_was_never_sent_may_be_submitted_as_if_it_were_new(
    network: Network, desk: Desk
) -> None:
    world = network.serve(world=world_of(REFUSED))
    await desk.submit(requests(2))
    (given_up,) = await give_up(desk)
    assert given_up.sent_at is None
    assert (await desk.submit(requests(2))).complete
    assert creates(world) == 2


async def test_what_a_killed_process_left_sent_is_given_up_too(
    network: Network, desk: Desk
) -> None:
    network.serve(world=world_of(REFUSED))
    await desk.submit(requests(2))
    (intent,) = await desk.intents()
    async with open_ledger(desk.home) as ledger:
        await ledger.mark_sent(intent.id)
    (given_up,) = await give_up(desk)
    assert given_up.sent_at is not None
    assert [intent.state for intent in await desk.intents()] == ["abandoned"]


async def test_what_is_settled_stays(network: Network, desk: Desk) -> None:
    network.serve(world=world_of())
    done = await desk.submit([request("a")])
    assert await give_up(desk) == []
    assert [intent.batch_id for intent in await desk.intents()] == done.batch_ids


async def test_requests_that_were_not_to_be_kept_are_removed(network: Network, desk: Desk) -> None:
    network.serve(world=world_of(LOST))
    await interrupt(desk, keep=False)
    (given_up,) = await give_up(desk)
    assert given_up.path is None
    assert desk.files() == []


async def test_a_submission_that_another_process_works_on_is_left_to_it(
    network: Network, desk: Desk
) -> None:
    network.serve(world=world_of(LOST))
    await interrupt(desk)
    with hold_input(desk.home, (await desk.intents())[0]), pytest.raises(BusyError):
        await give_up(desk)
    assert [intent.state for intent in await desk.intents()] == ["ambiguous"]


async def test_an_unknown_submission_has_nothing_to_give_up(desk: Desk) -> None:
    async with open_ledger(desk.home) as ledger:
        assert await abandon(ledger, desk.home, "nobody") == []
