"""What failed in batches is found and sent as new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.jobs.office import Office, open_office, request, some
from tests.trio_batches.jobs.places import asked, names
from trio_batches.errors import (
    BatchNotEndedError,
    NotFoundError,
    StorageError,
    UnjoinableError,
)
from trio_batches.jobs import download, resubmit
from trio_batches.jobs.joining import Joining, read_failures
from trio_batches.simulator import Scenario, World
from trio_batches.store import Home, open_ledger
from trio_batches.store.receipt import load_receipt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network

HOUR = 3600.0


async def test_what_failed_is_sent_again_as_it_was_and_remembers_its_parent(
    office: Office,
) -> None:
    parent = await office.submit(some(40), label="nightly")
    failed = await office.failed(parent)

    job = await office.resubmit(parent)

    (child,) = job.submission.batch_ids
    assert office.kept_ids(child) == failed
    originals = {str(kept["custom_id"]): kept for kept in office.kept(parent)}
    assert all(kept == originals[str(kept["custom_id"])] for kept in office.kept(child))
    assert job.kinds == {"errored": 10, "expired": 8}
    assert (job.requests, job.invalid, job.sent_before) == (18, 2, 0)
    (intent,) = await office.ledger.intents_of_parent(parent)
    assert (intent.batch_id, intent.parents) == (child, (parent,))
    assert (await office.ledger.labels([child]))[child].label == "nightly"
    assert not [name for name in names(office.home.requests) if not name.endswith(".jsonl")]


async def test_invalid_requests_are_sent_when_they_are_asked_for(office: Office) -> None:
    parent = await office.submit(some(40))

    job = await office.resubmit(parent, include_invalid=True, label="more")

    assert (job.requests, job.invalid) == (20, 0)
    (child,) = job.submission.batch_ids
    assert (await office.ledger.labels([child]))[child].label == "more"


async def test_a_dry_run_sends_nothing(office: Office) -> None:
    parent = await office.submit(some(40))
    creates = len(asked(office.world, "create"))

    job = await office.resubmit(parent, dry_run=True)

    assert job.requests == 18
    assert job.submission.batch_ids == []
    assert len(asked(office.world, "create")) == creates


async def test_results_that_are_not_here_are_downloaded_first(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    parent = await office.submit(some(10))
    await office.resubmit(parent, dry_run=True)

    assert f"{parent}: its results were not here, so they were downloaded" in caplog.messages
    caplog.clear()
    await office.resubmit(parent, dry_run=True)
    assert caplog.messages == []


async def test_several_batches_become_one(office: Office) -> None:
    one, two = await office.submit(some(20, "a")), await office.submit(some(20, "b"))

    job = await office.resubmit(one, two, one)

    (child,) = job.submission.batch_ids
    assert office.kept_ids(child) == await office.failed(one) | await office.failed(two)
    assert job.parents == (one, two)
    assert [intent.id for intent in await office.ledger.intents_of_parent(two)] == [
        intent.id for intent in await office.ledger.intents_of_parent(one)
    ]


async def test_the_same_request_of_two_batches_is_sent_once(office: Office) -> None:
    one = await office.submit(some(20))
    two = await office.submit(some(20), again=True)

    job = await office.resubmit(one, two)

    assert job.requests == len(await office.failed(one) | await office.failed(two))


async def test_a_request_of_the_same_name_in_another_parent_does_not_count_as_sent(
    network: Network, tmp_path: Path
) -> None:
    async with open_office(network, tmp_path, Scenario(batch_seconds=30)) as office:
        monday = {"r1": "invalid_request_error", "r2": "overloaded_error"}
        first = await office.submit_to_fail("monday", monday)
        second = await office.submit_to_fail("tuesday", {"r1": "overloaded_error"})
        job = await office.resubmit(first, second)
        assert (job.requests, job.invalid) == (2, 1)

        again = await office.resubmit(first, include_invalid=True)

    assert (again.requests, again.sent_before) == (1, 1)
    (child,) = again.submission.batch_ids
    assert office.kept(child) == [request("r1", "monday")]


async def test_kept_requests_that_are_damaged_are_named_with_their_line(office: Office) -> None:
    parent = await office.submit(some(10))
    path = office.home.requests / f"{parent}.jsonl"
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(UnjoinableError, match=rf"{path}:10: no request that was kept"):
        await office.resubmit(parent)


async def test_different_requests_of_one_name_are_refused_each_of_them_named(
    office: Office,
) -> None:
    one = await office.submit(some(20))
    two = await office.submit([request(f"r{number}", "Bye") for number in range(20)])
    both = await office.failed(one) & await office.failed(two)
    assert both
    creates = len(asked(office.world, "create"))

    with pytest.raises(UnjoinableError) as caught:
        await office.resubmit(one, two)

    assert len(caught.value.faults) == len(both)
    assert all(f"is in {one} too, with other parameters" in fault for fault in caught.value.faults)
    assert len(asked(office.world, "create")) == creates


async def test_inputs_that_were_not_kept_are_named_and_nothing_is_sent(office: Office) -> None:
    whole = await office.submit(some(20, "a"))
    unkept = await office.submit(some(20, "b"), keep=False)
    gappy = await office.submit(some(20, "c"))
    (lost, *_) = sorted(await office.failed(gappy))
    path = office.home.requests / f"{gappy}.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if f'"{lost}"'.encode() not in line))
    creates = len(asked(office.world, "create"))

    with pytest.raises(UnjoinableError) as caught:
        await office.resubmit(whole, unkept, gappy)

    assert caught.value.faults == (
        (
            f"{unkept}: its requests were not kept: {office.home.requests / unkept}.jsonl "
            "is not there; if you have them, put them there"
        ),
        f"{gappy}: 1 of its failed requests, such as {lost!r}, are not in {path}",
    )
    assert len(asked(office.world, "create")) == creates


async def test_nothing_is_sent_where_nothing_failed(network: Network, tmp_path: Path) -> None:
    world = network.serve(world=World(seed=5))
    batch_id = world.add_ended_batch(20)
    home = Home(tmp_path)
    async with network.client() as client, open_ledger(home) as ledger:
        job = await resubmit(client, ledger, home, [batch_id])

    assert (job.requests, job.submission.batch_ids) == (0, [])
    assert asked(world, "create") == []


async def test_a_batch_that_runs_or_is_not_there_is_refused(office: Office) -> None:
    running = office.world.add_in_progress_batch(10, ends_in=HOUR)

    with pytest.raises(BatchNotEndedError):
        await office.resubmit(running)
    with pytest.raises(NotFoundError):
        await office.resubmit("msgbatch_unknown")


async def test_compressed_results_are_read_too(office: Office) -> None:
    parent = await office.submit(some(20))
    await download(office.client, [parent], office.home.results, compression="gzip")

    assert (await office.resubmit(parent, dry_run=True)).requests > 0


async def test_an_error_of_an_unknown_shape_is_one_that_may_go_well_the_next_time(
    office: Office,
) -> None:
    batch_id = office.world.add_ended_batch(3)
    folder = office.home.results
    await download(office.client, [batch_id], folder)
    receipt = load_receipt(folder, batch_id)
    assert receipt is not None
    (folder / receipt.file).write_bytes(
        b'{"custom_id":"a","result":{"type":"errored","error":"out of order"}}\n'
        b'{"custom_id":"b","result":{"type":"errored","error":{"error":null}}}\n'
        b'{"custom_id":"c","result":{"type":"paused"}}\n'
        b'{"custom_id":"d","result":{"type":"succeeded"}}\n'
        b'{"custom_id":"e","result":{"type":"succeeded","message":"\\ud83d"}}\n'
        b'{"custom_id":"f","result":{"type":"errored","error":"\\ud83d"}}\n'
    )

    found = read_failures(folder, receipt, include_invalid=False)

    assert found.kinds == {"a": "errored", "b": "errored", "c": "paused", "f": "errored"}


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    Joining(tmp_path / "x").close()
    with pytest.raises(StorageError, match="File exists"):
        Joining(tmp_path / "x")
