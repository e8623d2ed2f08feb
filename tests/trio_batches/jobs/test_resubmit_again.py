"""What was sent again before is not, and what failed in that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.jobs.office import Office, open_office, some
from tests.trio_batches.jobs.places import asked
from trio_batches.errors import (
    AlreadySubmittedError,
    BusyError,
    UnjoinableError,
)
from trio_batches.jobs import for_each
from trio_batches.simulator import Answer, Fault, Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network


async def test_what_was_sent_again_is_not_sent_twice(office: Office) -> None:
    parent = await office.submit(some(40))
    (child,) = (await office.resubmit(parent)).submission.batch_ids
    creates = len(asked(office.world, "create"))

    with pytest.raises(AlreadySubmittedError) as caught:
        await office.resubmit(parent)
    assert caught.value.batch_ids == (child,)
    assert len(asked(office.world, "create")) == creates

    job = await office.resubmit(parent, include_invalid=True)
    assert (job.requests, job.sent_before) == (2, 18)
    assert job.kinds == {"errored": 2}


async def test_the_next_generation_is_what_failed_in_the_last_one(office: Office) -> None:
    parent = await office.submit(some(40))
    (child,) = (await office.resubmit(parent)).submission.batch_ids
    await office.end(child)

    (grandchild,) = (await office.resubmit(child)).submission.batch_ids

    assert office.kept_ids(grandchild) == await office.failed(child)
    assert office.kept_ids(grandchild) < office.kept_ids(child)
    (intent,) = await office.ledger.intents_of_parent(child)
    assert intent.parents == (child,)


async def test_a_batch_of_which_everything_failed_is_sent_again_and_its_children_too(
    network: Network, tmp_path: Path
) -> None:
    async with open_office(network, tmp_path, Scenario(batch_seconds=30, expired=1.0)) as office:
        parent = await office.submit(some(3))
        children: list[str] = []
        for _ in range(2):
            job = await office.resubmit(*(children[-1:] or [parent]))
            children += job.submission.batch_ids
            await office.end(children[-1])
        with pytest.raises(AlreadySubmittedError, match=children[0]):
            await office.resubmit(parent)
        with pytest.raises(AlreadySubmittedError, match=children[1]):
            await office.submit(some(3))

    assert [office.kept(child) == office.kept(parent) for child in children] == [True, True]
    assert len(asked(office.world, "create")) == 3


async def test_a_child_of_two_batches_of_which_everything_failed_is_sent_again(
    network: Network, tmp_path: Path
) -> None:
    """What failed in it are all the requests of one of its parents."""
    async with open_office(network, tmp_path, Scenario(batch_seconds=30, expired=1.0)) as office:
        first = await office.submit(some(3))
        office.world.scenario = Scenario(batch_seconds=30)
        second = await office.submit(some(4, "x"))
        office.world.scenario = Scenario(batch_seconds=30, expired=1.0)
        (child,) = (await office.resubmit(first, second)).submission.batch_ids
        await office.end(child)
        (grandchild,) = (await office.resubmit(child)).submission.batch_ids

    assert office.kept_ids(grandchild) == office.kept_ids(first)


async def test_it_is_sent_again_and_again_when_that_is_asked_for(office: Office) -> None:
    parent = await office.submit(some(40))
    first = (await office.resubmit(parent)).submission.batch_ids

    job = await office.resubmit(parent, again=True)

    assert job.requests == 18
    assert job.submission.batch_ids != first


async def test_two_at_once_do_not_both_send_what_failed_in_a_batch(
    network: Network, tmp_path: Path
) -> None:
    async with open_office(network, tmp_path, Scenario(batch_seconds=30, expired=1.0)) as office:
        first, second = await office.submit(some(3)), await office.submit(some(4, "x"))
        office.world.requests.clear()
        outcomes = await for_each(
            [(first,), (first, second)], lambda batch_ids: office.resubmit(*batch_ids)
        )

    assert len(asked(office.world, "create")) == 1
    assert [type(outcome) for outcome in outcomes.values()].count(BusyError) == 1


async def test_a_child_whose_requests_were_not_kept_leaves_it_open_what_was_sent(
    office: Office,
) -> None:
    parent = await office.submit(some(20))
    (child,) = (await office.resubmit(parent)).submission.batch_ids
    (office.home.requests / f"{child}.jsonl").unlink()

    with pytest.raises(UnjoinableError, match=f"it was sent again as {child}, but"):
        await office.resubmit(parent)


async def test_an_unfinished_resubmission_has_to_be_finished_first(
    network: Network, tmp_path: Path
) -> None:
    refused = Fault(operation="create", nth=2, answer=Answer(status=401))
    scenario = Scenario(batch_seconds=30, errored=0.3, faults=(refused,))
    async with open_office(network, tmp_path, scenario) as office:
        parent = await office.submit(some(20))
        job = await office.resubmit(parent)
        assert job.submission.batch_ids == []
        assert job.submission.stopped_by is not None

        with pytest.raises(UnjoinableError, match="finish it with `submit --resume`"):
            await office.resubmit(parent)


async def test_a_resubmission_that_was_refused_counts_as_none(
    network: Network, tmp_path: Path
) -> None:
    refused = Fault(operation="create", nth=2, answer=Answer(status=400))
    async with open_office(
        network, tmp_path, Scenario(batch_seconds=30, errored=0.3, faults=(refused,))
    ) as office:
        parent = await office.submit(some(20))
        assert (await office.resubmit(parent)).submission.batch_ids == []

        job = await office.resubmit(parent)

    assert len(job.submission.batch_ids) == 1
