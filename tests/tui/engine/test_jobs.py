from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest
import trio
from typing_extensions import override

from tests.trio_batches.jobs.places import asked, assert_whole, part_names
from tests.trio_batches.jobs.submissions import ids_in, lines, requests
from tests.tui.engine.session import open_session
from trio_batches import ConfigurationError, Home, ResultsFolder, RetryPolicy
from trio_batches.simulator import Answer, Edit, Fault, Scenario, World
from tui.engine.cancels import CancelJob
from tui.engine.copies import find_copies, find_results
from tui.engine.deletes import DeleteJob, DownloadAndDeleteJob
from tui.engine.downloads import DownloadJob
from tui.engine.job import Job
from tui.engine.plans import Faults, count_failed, plan_file
from tui.engine.submits import ResubmitJob, SubmitJob
from tui.engine.watches import WatchJob

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.job import Desk
    from tui.job_views import JobKind


def world_of(*sizes: int, faults: tuple[Fault, ...] = (), bandwidth: float | None = None) -> World:
    world = World(
        seed=7, scenario=Scenario(faults=faults, bandwidth=bandwidth, result_order="stable")
    )
    for size in sizes:
        world.add_ended_batch(size, errored=size // 4, result_bytes=400)
    return world


def deleted(world: World) -> list[str]:
    return [record.path.rsplit("/", 1)[1] for record in asked(world, "delete")]


async def test_a_download_tells_of_every_batch_and_leaves_verified_files(tmp_path: Path) -> None:
    world = world_of(30, 40)
    async with open_session(world, tmp_path) as session:
        view = await session.finish(DownloadJob(world.batch_ids))
        items = await session.items(view.id)

    assert (view.state, view.done, view.failed, view.lines) == ("done", 2, 0, 70)
    assert view.words == "Download 2 batches"
    assert view.cli == f"trio-batches download {' '.join(world.batch_ids)}"
    assert {item.sentence for item in items.values()} == {"verified"}
    for batch_id in world.batch_ids:
        assert_whole(session.home.results, world, batch_id)


async def test_one_batch_that_fails_stops_no_other_and_can_be_tried_again(tmp_path: Path) -> None:
    world = world_of(30, 40)
    running = world.add_in_progress_batch(10, ends_in=3600)
    async with open_session(world, tmp_path) as session:
        view = await session.finish(DownloadJob([running, *world.batch_ids]))
        items = await session.items(view.id)
        world.clock.advance(3600)
        left = await session.engine.jobs.retry(view.id)
        again = await session.until(view.id + 1, lambda view: view.ended_at)

    assert (view.state, view.done, view.failed) == ("failed", 2, 1)
    assert "its results come when it has ended" in items[running].sentence
    assert left == ()
    assert (again.words, again.state, again.done) == (f"Download {running}", "done", 1)


async def test_a_cancelled_download_keeps_its_part(tmp_path: Path) -> None:
    world = world_of(4000, bandwidth=400_000)
    async with open_session(world, tmp_path) as session:
        job_id = await session.engine.jobs.start(DownloadJob(world.batch_ids))
        half = await session.until(job_id, lambda view: view.lines > 100 and view.speed)
        found = await find_results(session.engine, world.batch_ids[0])
        await session.engine.jobs.cancel(job_id)
        view = await session.until(job_id, lambda view: view.ended_at)
        (item,) = (await session.items(job_id)).values()

    assert half.seconds_left is not None
    assert found is not None
    assert not found.complete
    assert {found.path.name} == part_names(session.home.results)
    assert (view.state, view.cancelled) == ("cancelled", 1)
    assert item.sentence == "stopped; what has come is kept for the next download"


async def test_all_jobs_can_be_stopped_at_once(tmp_path: Path) -> None:
    world = world_of(4000, 4000, bandwidth=100_000)
    first, second = world.batch_ids
    async with open_session(world, tmp_path) as session:
        jobs = session.engine.jobs
        ids = [await jobs.start(DownloadJob([first])), await jobs.start(DownloadJob([second]))]
        for job_id in ids:
            await session.until(job_id, lambda view: view.running)
        await jobs.cancel_all()
        views = [await session.until(job_id, lambda view: view.ended_at) for job_id in ids]

    assert [view.state for view in views] == ["cancelled", "cancelled"]


async def test_a_batch_that_another_job_works_on_is_left_to_it(tmp_path: Path) -> None:
    world = world_of(4000, 10, bandwidth=100_000)
    small, large = world.batch_ids
    async with open_session(world, tmp_path) as session:
        first = await session.engine.jobs.start(DownloadJob([large]))
        await session.until(first, lambda view: view.running)
        view = await session.finish(DeleteJob({large: None, small: None}))
        items = await session.items(view.id)

    assert items[large].sentence == f"left to job {first}, which runs: Download {large}"
    assert (items[large].state, items[small].state) == ("failed", "done")
    assert deleted(world) == [small]


async def test_a_deleted_batch_is_gone_from_the_ledger_and_written_down(tmp_path: Path) -> None:
    world = world_of(30, 40)
    kept, gone = world.batch_ids
    async with open_session(world, tmp_path) as session:
        ledger = await session.engine.ledger()
        await session.finish(DownloadJob([gone]))
        copies = await find_copies(session.engine, [gone, kept])
        view = await session.finish(DeleteJob({gone: copies[gone]}))
        found = await ledger.find(gone)
        events = await ledger.events(batch_id=gone, kind="deleted")

    assert copies == {gone: session.home.results, kept: None}
    assert (view.state, deleted(world), world.batch_ids) == ("done", [gone], [kept])
    assert view.cli == f"trio-batches delete {gone}"
    assert found is not None
    assert found.gone_at is not None
    assert [event.detail for event in events] == [f"a verified copy is in {session.home.results}"]


async def test_a_copy_that_is_lost_after_the_question_keeps_the_batch(tmp_path: Path) -> None:
    world = world_of(30)
    (batch_id,) = world.batch_ids
    async with open_session(world, tmp_path) as session:
        await session.finish(DownloadJob([batch_id]))
        copies = await find_copies(session.engine, [batch_id])
        (session.home.results / f"{batch_id}.jsonl").unlink()
        view = await session.finish(DeleteJob(copies))
        (item,) = (await session.items(view.id)).values()

    assert "nothing was deleted" in item.sentence
    assert deleted(world) == []


async def test_a_copy_in_another_folder_is_found(tmp_path: Path) -> None:
    world = world_of(30)
    (batch_id,) = world.batch_ids
    elsewhere = tmp_path / "elsewhere"
    async with open_session(world, tmp_path) as session:
        await session.finish(DownloadJob([batch_id]))
        session.home.results.rename(elsewhere)
        receipt = ResultsFolder(elsewhere).held(batch_id)
        assert receipt is not None
        await (await session.engine.ledger()).record_download(receipt, elsewhere)
        copies = await find_copies(session.engine, [batch_id])
        results = await find_results(session.engine, batch_id)

    assert copies == {batch_id: elsewhere}
    assert results == (elsewhere / f"{batch_id}.jsonl", True)


async def test_a_batch_that_the_service_has_lost_counts_as_gone(tmp_path: Path) -> None:
    world = world_of(30)
    async with open_session(world, tmp_path) as session:
        view = await session.finish(DeleteJob({"msgbatch_unknown": None}))
        (item,) = (await session.items(view.id)).values()

    assert (view.state, item.sentence) == ("done", "the service did not have it any more")
    assert view.cli == "trio-batches delete msgbatch_unknown --unverified"


async def test_each_batch_is_deleted_only_with_its_own_verified_file(tmp_path: Path) -> None:
    sound, broken = world_of(30, 40).batch_ids
    drop = (Edit(line=3, what="drop"),)
    world = world_of(30, 40, faults=(Fault(path=f"*{broken}/results", times=None, edits=drop),))
    once = RetryPolicy(max_retries=0)
    async with open_session(world, tmp_path, retry=once) as session:
        view = await session.finish(DownloadAndDeleteJob(world.batch_ids))
        items = await session.items(view.id)

    assert view.state == "failed"
    assert (items[sound].state, items[sound].sentence) == ("done", "deleted")
    assert "results do not match the batch's counts" in items[broken].sentence
    assert deleted(world) == [sound]
    assert_whole(session.home.results, world_of(30, 40), sound)


async def test_nothing_is_deleted_while_a_download_is_stopped(tmp_path: Path) -> None:
    world = world_of(10, 4000, bandwidth=200_000)
    large, small = world.batch_ids
    async with open_session(world, tmp_path) as session:
        job_id = await session.engine.jobs.start(DownloadAndDeleteJob([small, large]))
        with trio.fail_after(30):
            while "deleted once all are here" not in (await session.items(job_id))[small].sentence:
                await session.news()
        await session.engine.jobs.cancel(job_id)
        view = await session.until(job_id, lambda view: view.ended_at)
        items = await session.items(job_id)

    assert view.state == "cancelled"
    assert items[small].sentence == "not deleted"
    assert "kept for the next download" in items[large].sentence
    assert deleted(world) == []


async def test_a_delete_is_never_repeated_without_being_asked_for(tmp_path: Path) -> None:
    world = world_of(30, faults=(Fault(operation="delete", answer=Answer(status=400)),))
    (batch_id,) = world.batch_ids
    async with open_session(world, tmp_path) as session:
        view = await session.finish(DeleteJob({batch_id: None}))
        world.requests.clear()
        left = await session.engine.jobs.retry(view.id)

    assert (view.state, left) == ("failed", (batch_id,))
    assert deleted(world) == []
    assert len(session.told[-1].jobs) == 1


async def test_cancelled_batches_are_shown_as_such_at_once(tmp_path: Path) -> None:
    world = World(seed=7, scenario=Scenario(cancel_seconds=3600))
    ids = [world.add_in_progress_batch(10) for _ in range(2)]
    async with open_session(world, tmp_path) as session:
        view = await session.finish(CancelJob([*ids, "msgbatch_unknown"]))
        ledger = await session.engine.ledger()
        known = [await ledger.find(batch_id) for batch_id in ids]

    assert (view.done, view.failed) == (2, 1)
    assert [batch.status for batch in known if batch is not None] == ["canceling", "canceling"]


async def test_a_watch_tells_when_a_batch_has_ended(tmp_path: Path) -> None:
    world = World(seed=7)
    ended = world.add_ended_batch(10)
    running = world.add_in_progress_batch(10)
    async with open_session(world, tmp_path) as session:
        job_id = await session.engine.jobs.start(WatchJob([ended, running]))
        view = await session.until(job_id, lambda view: view.done)
        items = await session.items(job_id)

    assert view.sentence == f"{ended} has ended: 10 succeeded, 0 did not"
    assert (items[running].state, items[running].sentence) == ("running", "in progress")


async def test_a_file_is_planned_submitted_and_not_submitted_twice(tmp_path: Path) -> None:
    world = World(seed=7)
    path = tmp_path / "in put.jsonl"
    path.write_bytes(lines(requests(20)))
    async with open_session(world, tmp_path) as session:
        plan = await plan_file(session.engine, path)
        assert len(world) == 0
        view = await session.finish(SubmitJob(path, "night"))
        (item,) = (await session.items(view.id)).values()
        again = await session.finish(SubmitJob(path, "night"))
        labels = await (await session.engine.ledger()).labels(world.batch_ids)

    assert not isinstance(plan, Faults)
    assert (plan.requests, len(plan.chunks)) == (20, 1)
    assert (view.state, view.sentence) == ("done", "1 of 1 batches submitted")
    assert view.cli == f"trio-batches submit '{path}' --label night"
    assert item.batch_id == world.batch_ids[0]
    assert sum(ids_in(world).values()) == 20
    assert again.state == "failed"
    assert "have been submitted already" in again.sentence
    assert [label.label for label in labels.values()] == ["night"]


async def test_every_fault_of_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"custom_id": 1}\n{"nothing"\n')
    async with open_session(World(seed=7), tmp_path) as session:
        plan = await plan_file(session.engine, path)

    assert isinstance(plan, Faults)
    assert all(sentence.startswith(f"{path}:") for sentence in plan.sentences)
    assert {sentence.removeprefix(f"{path}:").split(":")[0] for sentence in plan.sentences} == {
        "1",
        "2",
    }


async def test_what_failed_is_counted_and_sent_again(tmp_path: Path) -> None:
    world = World(seed=7, scenario=Scenario(batch_seconds=0, expired=0.5))
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(requests(10)))
    async with open_session(world, tmp_path) as session:
        await session.finish(SubmitJob(path, None))
        (parent,) = world.batch_ids
        counted = await count_failed(session.engine, [parent])
        assert len(world) == 1
        view = await session.finish(ResubmitJob([parent], include_invalid=False))

    assert counted.kinds == {"expired": 5}
    assert (view.state, view.sentence) == ("done", "1 of 1 batches submitted")
    assert len(world) == 2


async def test_a_read_only_engine_refuses_what_writes(tmp_path: Path) -> None:
    world = world_of(10)
    (batch_id,) = world.batch_ids
    jobs: list[Job] = [
        DeleteJob({batch_id: None}),
        DownloadAndDeleteJob([batch_id]),
        CancelJob([batch_id]),
        SubmitJob(tmp_path / "in.jsonl", None),
        ResubmitJob([batch_id], include_invalid=False),
    ]
    async with open_session(world, tmp_path, read_only=True) as session:
        for job in jobs:
            with pytest.raises(ConfigurationError, match="read-only"):
                await session.engine.jobs.start(job)
        view = await session.finish(DownloadJob([batch_id]))

    assert view.state == "done"
    assert {record.method for record in world.requests} == {"GET"}


async def test_without_a_key_a_job_says_what_is_missing(tmp_path: Path) -> None:
    async with open_session(World(seed=7), tmp_path, key="") as session:
        view = await session.finish(DownloadJob(["msgbatch_1"]))

    assert (view.state, view.failed) == ("failed", 1)
    assert "key" in view.sentence


class BrokenJob(Job):
    kind: ClassVar[JobKind] = "download"

    @property
    @override
    def words(self) -> str:
        return "Break"

    @property
    @override
    def cli(self) -> str:
        return "trio-batches break"

    @override
    async def work(self, desk: Desk) -> None:
        raise ZeroDivisionError("\x1b[31mred")


async def test_a_bug_in_a_job_is_told_and_ends_nothing_else(tmp_path: Path) -> None:
    world = world_of(10)
    async with open_session(world, tmp_path) as session:
        broken = await session.finish(BrokenJob(["msgbatch_1"]))
        sound = await session.finish(DownloadJob(world.batch_ids))

    assert (broken.state, broken.failed) == ("failed", 1)
    assert broken.sentence.startswith("a fault in this program: ZeroDivisionError")
    assert "\x1b" not in broken.sentence
    assert sound.state == "done"


async def test_nothing_is_told_while_nothing_changes(tmp_path: Path) -> None:
    world = World(seed=7)
    running = world.add_in_progress_batch(10)
    async with open_session(world, tmp_path) as session:
        job_id = await session.engine.jobs.start(WatchJob([running]))
        await session.engine.jobs.items(job_id)
        world_told = len(session.told)
        await session.finish(DownloadJob([]))

    for earlier, later in zip(session.told, session.told[1:], strict=False):
        assert earlier != later
    assert len(session.told) > world_told


async def test_a_refused_key_is_said_once_for_the_job(tmp_path: Path) -> None:
    world = World(seed=7, api_key="sk-test-another")
    async with open_session(world, tmp_path, retry=RetryPolicy(max_retries=0)) as session:
        view = await session.finish(DownloadJob(["msgbatch_1"]))

    assert view.state == "failed"
    assert view.sentence.startswith("401")
    assert Home(tmp_path / "home").results.is_dir()
