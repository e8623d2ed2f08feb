from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.trio_batches.jobs.places import asked, names
from trio_batches.errors import (
    AlreadySubmittedError,
    BatchNotEndedError,
    BusyError,
    NotFoundError,
    StorageError,
    UnjoinableError,
)
from trio_batches.jobs import Resubmission, download, for_each, resubmit, submit
from trio_batches.jobs.joining import Joining, read_failures
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store import Home, Ledger, open_ledger
from trio_batches.store.receipt import load_receipt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network
    from trio_batches.client import Client

HOUR = 3600.0


def request(custom_id: str, text: str = "Hello", max_tokens: int = 10) -> dict[str, object]:
    params = {
        "model": "claude-sonnet-5-5",
        "max_tokens": max_tokens,
        "messages": [{"role": "user", "content": text}],
    }
    return {"custom_id": custom_id, "params": params}


class Office:
    """A home with a ledger, a client, and a service where things fail."""

    def __init__(self, world: World, client: Client, ledger: Ledger, home: Home) -> None:
        self.world, self.client, self.ledger, self.home = world, client, ledger, home

    async def submit(self, requests: Sequence[dict[str, object]], **options: object) -> str:
        """Submit requests and let their batch end."""
        done = await submit(self.client, self.ledger, self.home, [requests], **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        await self.end(done.batch_ids[0])
        return done.batch_ids[0]

    async def end(self, batch_id: str) -> None:
        await self.client.messages.batches.wait(batch_id)

    async def submit_to_fail(self, text: str, errors: dict[str, str]) -> str:
        """Submit requests r1 and r2, of which some fail with errors of these types."""
        asked_for = [request(name, text) for name in ("r1", "r2")]
        done = await submit(self.client, self.ledger, self.home, [asked_for])
        batch = self.world.shelf.find(done.batch_ids[0])
        assert batch is not None
        names = [name.decode() for name in batch.custom_ids or ()]
        batch.faults = {names.index(name): (type_, "no") for name, type_ in errors.items()}
        await self.end(done.batch_ids[0])
        return done.batch_ids[0]

    async def resubmit(self, *batch_ids: str, **options: object) -> Resubmission:
        return await resubmit(
            self.client,
            self.ledger,
            self.home,
            batch_ids,
            **options,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        )

    async def failed(self, batch_id: str, *, include_invalid: bool = False) -> set[str]:
        """Return what the service says failed."""
        await download(self.client, [batch_id], self.home.results)
        receipt = load_receipt(self.home.results, batch_id)
        assert receipt is not None
        found = read_failures(self.home.results, receipt, include_invalid=include_invalid)
        return set(found.kinds)

    def kept(self, batch_id: str) -> list[dict[str, object]]:
        path = self.home.requests / f"{batch_id}.jsonl"
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]

    def kept_ids(self, batch_id: str) -> set[object]:
        return {kept["custom_id"] for kept in self.kept(batch_id)}


@pytest.fixture
async def office(network: Network, tmp_path: Path) -> AsyncGenerator[Office]:
    """Half of all requests fail: a quarter with an error, of which a sixth invalid."""
    world = World(seed=5, scenario=Scenario(batch_seconds=30, errored=0.3, expired=0.2))
    network.serve(world=world)
    home = Home(tmp_path)
    async with network.client() as client, open_ledger(home) as ledger:
        yield Office(world, client, ledger, home)


def some(count: int, prefix: str = "r") -> list[dict[str, object]]:
    return [request(f"{prefix}{number}", f"Hello {number}") for number in range(count)]


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
    world = network.serve(world=World(scenario=Scenario(batch_seconds=30, expired=1.0)))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        office = Office(world, client, ledger, Home(tmp_path))
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
    assert len(asked(world, "create")) == 3


async def test_a_child_of_two_batches_of_which_everything_failed_is_sent_again(
    network: Network, tmp_path: Path
) -> None:
    """What failed in it are all the requests of one of its parents."""
    world = network.serve(world=World(scenario=Scenario(batch_seconds=30, expired=1.0)))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        office = Office(world, client, ledger, Home(tmp_path))
        first = await office.submit(some(3))
        world.scenario = Scenario(batch_seconds=30)
        second = await office.submit(some(4, "x"))
        world.scenario = Scenario(batch_seconds=30, expired=1.0)
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
    world = network.serve(world=World(scenario=Scenario(batch_seconds=30)))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        office = Office(world, client, ledger, Home(tmp_path))
        monday = {"r1": "invalid_request_error", "r2": "overloaded_error"}
        first = await office.submit_to_fail("monday", monday)
        second = await office.submit_to_fail("tuesday", {"r1": "overloaded_error"})
        job = await office.resubmit(first, second)
        assert (job.requests, job.invalid) == (2, 1)

        again = await office.resubmit(first, include_invalid=True)

    assert (again.requests, again.sent_before) == (1, 1)
    (child,) = again.submission.batch_ids
    assert office.kept(child) == [request("r1", "monday")]


async def test_two_at_once_do_not_both_send_what_failed_in_a_batch(
    network: Network, tmp_path: Path
) -> None:
    world = network.serve(world=World(scenario=Scenario(batch_seconds=30, expired=1.0)))
    async with network.client() as client, open_ledger(Home(tmp_path)) as ledger:
        office = Office(world, client, ledger, Home(tmp_path))
        first, second = await office.submit(some(3)), await office.submit(some(4, "x"))
        world.requests.clear()
        outcomes = await for_each(
            [(first,), (first, second)], lambda batch_ids: office.resubmit(*batch_ids)
        )

    assert len(asked(world, "create")) == 1
    assert [type(outcome) for outcome in outcomes.values()].count(BusyError) == 1


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
    world = World(seed=5, scenario=scenario)
    network.serve(world=world)
    home = Home(tmp_path)
    async with network.client() as client, open_ledger(home) as ledger:
        office = Office(world, client, ledger, home)
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
    world = World(seed=5, scenario=Scenario(batch_seconds=30, errored=0.3, faults=(refused,)))
    network.serve(world=world)
    home = Home(tmp_path)
    async with network.client() as client, open_ledger(home) as ledger:
        office = Office(world, client, ledger, home)
        parent = await office.submit(some(20))
        assert (await office.resubmit(parent)).submission.batch_ids == []

        job = await office.resubmit(parent)

    assert len(job.submission.batch_ids) == 1


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
