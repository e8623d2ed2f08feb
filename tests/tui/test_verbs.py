"""What the verbs do that delete nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import trio
from textual.geometry import Region
from textual.widgets import Button, Input

from tests.trio_batches.jobs.submissions import ids_in, lines, requests
from tests.tui.using import text_of, using, world_of
from tests.tui.waiting import wait_until
from trio_batches import StorageError
from trio_batches.simulator import Scenario, World
from trio_batches.store.part_file import PartFile
from tui.screens.batch import BatchScreen
from tui.screens.jobs import JobsScreen
from tui.screens.label import LabelScreen
from tui.screens.results import ResultsScreen
from tui.screens.submit import FileNames, SubmitScreen
from tui.widgets.job_line import JobLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.using import Session
    from trio_batches import KnownBatch
    from tui.screens.confirm import ConfirmScreen


async def test_a_file_is_shown_before_it_is_submitted(tmp_path: Path) -> None:
    world = world_of(1)
    path = tmp_path / "requests.jsonl"
    path.write_bytes(lines(requests(20)))
    async with using(world, tmp_path / "home") as session:
        await session.press("n")
        await wait_until(lambda: session.focused == "path")
        dialog = session.app.screen
        assert isinstance(dialog, SubmitScreen)
        dialog.path.value = str(path)
        dialog.query_one("#label", Input).value = "night"
        await session.press("enter")
        await wait_until(lambda: session.focused == "refuse")
        text = text_of(dialog)
        assert "20 requests, " in text
        assert "320 output tokens at most" in text
        assert "claude-sonnet-5: 20" in text
        assert len(world) == 1
        await session.heard()
        await session.press("y")
        job = await session.job()

    assert (job.kind, job.state) == ("submit", "done")
    assert sum(ids_in(world).values()) == 20


async def test_a_faulty_file_is_told_line_by_line_and_cannot_be_submitted(tmp_path: Path) -> None:
    world = world_of(1)
    path = tmp_path / "requests.jsonl"
    path.write_bytes(lines(requests(3)) + b"{}\n")
    async with using(world, tmp_path / "home") as session:
        await session.press("n")
        await wait_until(lambda: session.focused == "path")
        dialog = session.app.screen
        assert isinstance(dialog, SubmitScreen)
        dialog.path.value = str(path)
        await session.press("enter")
        await wait_until(lambda: "nothing was sent" in text_of(dialog.found))
        assert f"{path}:4" in text_of(dialog.found)
        assert dialog.send.disabled

        dialog.path.value = str(tmp_path / "missing.jsonl")
        await session.press("enter")
        await wait_until(lambda: "missing.jsonl: " in text_of(dialog.found))
        assert dialog.send.disabled
    assert {record.method for record in world.requests} == {"GET"}


async def test_names_that_steer_a_terminal_are_not_completed(tmp_path: Path) -> None:
    (tmp_path / "odd-a\x1b]0;title\x07.jsonl").write_bytes(b"")
    complete = FileNames()

    assert await complete.get_suggestion(f"{tmp_path}/odd") is None

    (tmp_path / "odd-plain").mkdir()
    assert await complete.get_suggestion(f"{tmp_path}/odd") == f"{tmp_path}/odd-plain/"


async def test_the_name_of_a_file_is_completed(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "night.jsonl").write_bytes(b"")
    (tmp_path / "inputs" / "night.a.txt").write_bytes(b"")
    world = world_of(1)
    async with using(world, tmp_path / "home") as session:
        await session.press("n")
        await wait_until(lambda: session.focused == "path")
        dialog = session.app.screen
        assert isinstance(dialog, SubmitScreen)
        complete = dialog.path.suggester
        assert complete is not None
        assert await complete.get_suggestion(f"{tmp_path}/inp") == f"{tmp_path}/inputs/"
        whole = f"{tmp_path}/inputs/night.jsonl"
        assert await complete.get_suggestion(f"{tmp_path}/inputs/ni") == whole
        assert await complete.get_suggestion(f"{tmp_path}/nowhere/x") is None
        assert await complete.get_suggestion("~no-such-user/x") is None
        dialog.path.value = "~no-such-user/x.jsonl"
        await session.press("enter")
        await wait_until(lambda: "there is no such user" in text_of(dialog))


async def test_labels_are_written_on_all_that_are_chosen(tmp_path: Path) -> None:
    world = world_of(2)
    async with using(world, tmp_path) as session:
        await session.press("ctrl+a", "l")
        await wait_until(lambda: isinstance(session.app.screen, LabelScreen) and session.focused)
        await session.press(*"night", "tab", *"by ann", "enter")
        batches = session.app.batches
        await wait_until(lambda: all(one.label == "night" for one in all_of(session)))
        # Labels and notes are written one after the other.
        await wait_until(lambda: {one.note for one in all_of(session)} == {"by ann"})
        assert len(batches) == 2

        await session.press("l")
        await wait_until(lambda: isinstance(session.app.screen, LabelScreen) and session.focused)
        assert session.app.screen.query_one("#label", Input).value == "night"
        await session.press(*["backspace"] * 5, "enter")
        await wait_until(lambda: all(one.label is None for one in all_of(session)))
        assert {one.note for one in all_of(session)} == {"by ann"}


def all_of(session: Session) -> list[KnownBatch]:
    batches = session.app.batches
    found = (batches.batch(batches.key(row)) for row in range(len(batches)))
    return [batch for batch in found if batch is not None]


async def test_a_watched_batch_that_ends_is_told(tmp_path: Path) -> None:
    world = world_of(0)
    batch_id = world.add_in_progress_batch(10, ends_in=3600)
    async with using(world, tmp_path) as session:
        world.clock.advance(3600)  # it has ended when it is looked at first
        await session.press("w")
        assert "the terminal rings when one has ended" in session.said()
        job = await session.job()
        await wait_until(lambda: f"{batch_id} has ended: 10 succeeded" in session.said())

    assert (job.kind, job.state) == ("watch", "done")


async def test_a_job_can_be_stopped(tmp_path: Path) -> None:
    world = world_of(0, running=1)
    async with using(world, tmp_path) as session:
        await session.press("w")
        await wait_until(lambda: session.app.jobs.running)
        line = session.list.query_one(JobLine)
        await wait_until(lambda: "◷ 0 of 1" in str(line.render()))
        await session.press("enter")
        await wait_until(lambda: isinstance(session.screen, BatchScreen))
        await wait_until(lambda: session.app.screen.query_one(JobLine).display)
        await session.press("escape")
        await session.press("exclamation_mark")
        await wait_until(lambda: isinstance(session.app.screen, JobsScreen))
        await session.press("x")
        job = await session.job()
        assert job.state == "cancelled"
        await wait_until(lambda: not session.list.query_one(JobLine).display)


async def test_what_failed_in_a_job_is_found_and_tried_again(tmp_path: Path) -> None:
    world = world_of(2)
    lost = world.batch_ids[1]
    async with using(world, tmp_path) as session:
        batch = world.shelf.find(lost)
        assert batch is not None
        world.shelf.remove(batch)
        await session.press("ctrl+a", "d")
        job = await session.job()
        assert (job.done, job.failed) == (1, 1)
        await session.press("exclamation_mark")
        await wait_until(lambda: isinstance(session.app.screen, JobsScreen))
        screen = session.app.screen
        assert isinstance(screen, JobsScreen)
        await wait_until(lambda: len(screen.items.rows) == 2)
        await session.press("enter")
        assert screen.items.has_focus
        assert screen.items.cursor_key == lost

        world.shelf.add(batch)
        await session.press("tab", "r")
        await wait_until(lambda: len(session.app.jobs.jobs) == 2)
        await wait_until(lambda: session.app.jobs.jobs[2].state == "done")


async def test_why_an_item_failed_can_be_read_whole(tmp_path: Path) -> None:
    world = world_of(1)
    async with using(world, tmp_path, size=(60, 24)) as session:
        (batch_id,) = world.batch_ids
        batch = world.shelf.find(batch_id)
        assert batch is not None
        world.shelf.remove(batch)
        await session.press("d")
        await session.job()
        await session.press("exclamation_mark")
        await wait_until(lambda: isinstance(session.app.screen, JobsScreen))
        screen = session.app.screen
        assert isinstance(screen, JobsScreen)
        await wait_until(lambda: screen.item.display)

        sentence = screen.items.rows.cells(0)[-1].text
        await wait_until(lambda: screen.item.size.height > 1)
        lines = screen.item.render_lines(Region(0, 0, *screen.item.outer_size))
        shown = " ".join(line.text for line in lines).split()
        assert shown == [batch_id, *sentence.split()]


async def test_results_are_shown_while_they_arrive_and_then_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, publish = threading.Event(), PartFile.publish

    def publish_late(part: PartFile) -> None:
        seen.wait(30)
        publish(part)

    monkeypatch.setattr(PartFile, "publish", publish_late)
    world = World(3, scenario=Scenario(bandwidth=1_500_000))
    batch_id = world.add_ended_batch(3000, result_bytes=1000)
    async with using(world, tmp_path) as session:
        await session.press("o")
        await wait_until(lambda: isinstance(session.app.screen, ResultsScreen))
        screen = session.app.screen
        assert isinstance(screen, ResultsScreen)
        assert screen.path.name.endswith(".part")
        seen.set()
        await wait_until(lambda: len(screen.table.rows) == 3000)
        await session.job()

        session.app.pop_screen()
        await session.back()
        world.requests.clear()
        await session.press("o")
        await wait_until(lambda: isinstance(session.app.screen, ResultsScreen))
        again = session.app.screen
        assert isinstance(again, ResultsScreen)
        assert again.path == tmp_path / "results" / f"{batch_id}.jsonl"
        await wait_until(lambda: len(again.table.rows) == 3000)
    assert {record.operation for record in world.requests} <= {"list"}


async def test_a_download_of_all_leaves_out_what_is_gone(tmp_path: Path) -> None:
    world = world_of(1, running=1)
    world.add_ended_batch(5, age=40 * 24 * 3600.0)
    async with using(world, tmp_path) as session:
        await session.press("ctrl+a", "d")
        await wait_until(lambda: "downloading 1 batch" in session.said())
        said = session.said()
        job = await session.job()

    assert "1 that have not ended are left out; 1 whose results are gone are left out" in said
    assert (job.state, job.done) == ("done", 1)


async def test_where_all_is_gone_the_job_says_why(tmp_path: Path) -> None:
    world = world_of(0)
    gone = world.add_ended_batch(5, age=40 * 24 * 3600.0)
    async with using(world, tmp_path) as session:
        await session.press("d")
        job = await session.job()
        engine = await session.app.engine()
        (item,) = await session.app.ask(engine.jobs.items, job.id)

    assert (job.state, item.key) == ("failed", gone)
    assert item.sentence.startswith("archived at ")


async def test_results_of_a_batch_that_runs_are_not_asked_for(tmp_path: Path) -> None:
    world = world_of(0, running=1)
    async with using(world, tmp_path) as session:
        await session.press("o")
        await wait_until(lambda: "no results yet" in session.said())
        assert session.app.screen is session.list
        assert session.app.jobs.jobs == {}


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_every_answer_is_on_the_screen_at_any_size(
    size: tuple[int, int], tmp_path: Path
) -> None:
    world = world_of(14, running=2)
    async with using(world, tmp_path, size=size) as session:
        await session.press("ctrl+a", "ctrl+d")
        dialog = await session.dialog()
        buttons = list(dialog.query(Button))
        await wait_until(lambda: all(is_whole(button, dialog) for button in buttons))
        assert len(buttons) == 4


def is_whole(button: Button, dialog: ConfirmScreen) -> bool:
    return button.region.height == 1 and dialog.region.contains_region(button.region)


async def test_what_failed_is_counted_before_it_is_sent_again(tmp_path: Path) -> None:
    world = World(3, scenario=Scenario(batch_seconds=0, expired=0.5))
    path = tmp_path / "requests.jsonl"
    path.write_bytes(lines(requests(10)))
    async with using(world, tmp_path / "home") as session:
        await session.press("n")
        await wait_until(lambda: session.focused == "path")
        dialog = session.app.screen
        assert isinstance(dialog, SubmitScreen)
        dialog.path.value = str(path)
        await session.press("enter")
        await wait_until(lambda: session.focused == "refuse")
        await session.heard()
        await session.press("y")
        await wait_until(lambda: any(batch.ended for batch in all_of(session)))

        await session.press("R")
        question = await session.dialog()
        assert question.question.title == "Send 5 requests again, as new batches?"
        assert "expired: 5" in text_of(question)
        assert len(world) == 1
        await session.press("y")
        await wait_until(lambda: len(world) == 2)
        await wait_until(lambda: len(session.app.jobs.jobs) == 2)
        await wait_until(lambda: session.app.jobs.jobs[2].state == "done")

    assert sum(ids_in(world).values()) == 15


async def test_a_ledger_that_cannot_be_read_is_said_and_the_app_goes_on(tmp_path: Path) -> None:
    async def fail(_: object) -> None:
        await trio.lowlevel.checkpoint()
        raise StorageError("ledger.sqlite3", "disk I/O error")

    async with using(world_of(1), tmp_path) as session:
        engine = await session.app.engine()
        engine.raw = engine.story = fail  # type: ignore[method-assign,assignment]  # pyright: ignore[reportAttributeAccessIssue]
        await session.press("y")
        await wait_until(lambda: session.said().count("disk I/O error") == 1)
        await session.press("x")
        await wait_until(lambda: session.said().count("disk I/O error") == 2)

        await session.press("enter")
        await wait_until(lambda: isinstance(session.screen, BatchScreen))
        await wait_until(lambda: "disk I/O error" in text_of(session.app.screen))
        await session.press("escape")
        await session.back()
