"""What deletes and cancels ask; nothing is sent without an answer that was meant."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button

from tests.trio_batches.jobs.places import asked, assert_whole
from tests.tui.using import deletes, text_of, using, world_of
from tests.tui.waiting import wait_until
from tui.screens.confirm import ConfirmScreen

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_fresh_dialog_has_its_focus_on_doing_nothing(tmp_path: Path) -> None:
    world = world_of(3)
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+d")
        await session.dialog()
        assert session.focused == "refuse"
        await session.press("enter")
        await session.back()

        await session.press("ctrl+d")
        await session.dialog()
        await session.press("escape")
        await session.back()

        assert len(session.app.undo.countdowns) == 0
    assert deletes(world) == 0


async def test_a_confirmed_delete_waits_in_sight_and_is_then_sent(tmp_path: Path) -> None:
    world = world_of(3)
    first = world.batch_ids[0]
    async with using(world, tmp_path, seconds=3) as session:
        await session.press("ctrl+d")
        dialog = await session.dialog()
        assert "NO verified copy" in text_of(dialog)
        await session.press("Y")
        await wait_until(session.countdown)
        assert re.fullmatch("Deleting 1 batch in [123] s — z takes it back", session.countdown())
        job = await session.job()
        await wait_until(lambda: len(session.list.table.rows) == 2)
        await wait_until(lambda: not session.countdown())

    assert (job.kind, job.state) == ("delete", "done")
    assert first not in world.batch_ids
    assert deletes(world) == 1


async def test_more_than_ten_are_deleted_only_when_their_number_is_typed(tmp_path: Path) -> None:
    world = world_of(12)
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+a", "ctrl+d")
        dialog = await session.dialog()
        assert dialog.question.typed == 12
        await session.press("Y", "y")
        assert session.app.screen is dialog
        await session.press("1")
        assert session.focused == "count"
        await session.press("1", "enter")
        assert session.focused == "count"
        assert dialog.query_one("#choice-delete", Button).disabled
        await session.press("backspace", "2")
        await wait_until(lambda: not dialog.query_one("#choice-delete", Button).disabled)
        assert deletes(world) == 0
        await session.press("enter")
        await wait_until(lambda: session.focused == "choice-keep")
        await session.press("down")
        await wait_until(lambda: session.focused == "choice-delete")
        await session.press("enter")
        job = await session.job()

    assert (job.kind, job.done) == ("delete", 12)
    assert len(world) == 0


async def test_rows_that_a_filter_hides_are_left_out_when_that_is_chosen(tmp_path: Path) -> None:
    world = world_of(4)
    shown_id = world.batch_ids[2]
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+a", "slash", *shown_id[-6:], "enter")
        await wait_until(lambda: len(session.list.table.rows) == 1)
        await session.press("ctrl+d")
        dialog = await session.dialog()
        assert "3 of the chosen are hidden by the filter." in text_of(dialog)
        assert dialog.question.title == "Delete 4 batches?"
        await session.press("s")
        await wait_until(lambda: session.app.screen is not dialog and session.focused == "refuse")
        again = await session.dialog()
        assert again.question.title == "Delete 1 batch?"
        assert shown_id in text_of(again)
        await session.press("Y")
        await session.job()

    assert shown_id not in world.batch_ids
    assert len(world) == 3


async def test_download_verify_then_delete_leaves_a_verified_file(tmp_path: Path) -> None:
    world, twin = world_of(2), world_of(2)
    ids = list(world.batch_ids)
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+a", "ctrl+d")
        await session.dialog()
        await session.press("y")
        job = await session.job()

    assert (job.kind, job.state, job.done) == ("download and delete", "done", 2)
    assert len(world) == 0
    for batch_id in ids:
        assert_whole(tmp_path / "results", twin, batch_id)


async def test_what_still_runs_is_cancelled_and_not_deleted(tmp_path: Path) -> None:
    world = world_of(1, running=2)
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+a", "ctrl+d")
        dialog = await session.dialog()
        assert dialog.question.title == "Delete 1 batch?"
        await session.press("c")
        await wait_until(lambda: session.app.screen is not dialog and session.focused == "refuse")
        again = await session.dialog()
        assert again.question.title == "Cancel 2 batches?"
        await session.press("y")
        job = await session.job()

    assert (job.kind, job.done) == ("cancel", 2)
    assert deletes(world) == 0
    assert len(asked(world, "cancel")) == 2


async def test_a_batch_that_runs_offers_cancel_instead_of_delete(tmp_path: Path) -> None:
    world = world_of(0, running=1)
    async with using(world, tmp_path, seconds=0) as session:
        await session.press("ctrl+d")
        dialog = await session.dialog()
        assert dialog.question.title == "Cancel 1 batch instead?"
        await session.press("escape")
        await session.back()
    assert {record.method for record in world.requests} == {"GET"}


async def test_cancels_can_go_unasked_for_the_session_but_not_for_hidden_rows(
    tmp_path: Path,
) -> None:
    world = world_of(0, running=3)
    async with using(world, tmp_path) as session:
        await session.press("c")
        await session.dialog()
        await session.press("a")
        await session.job()
        await session.press("down", "c")
        await wait_until(lambda: len(asked(world, "cancel")) == 2)

        third = str(session.list.table.rows.key(2))
        other = str(session.list.table.rows.key(0))
        await session.press("down", "space", "slash", *other[-6:], "enter")
        await wait_until(lambda: len(session.list.table.rows) == 1)
        assert session.list.targets() == (third,)
        await session.press("c")
        dialog = await session.dialog()
        assert "1 of the chosen is hidden by the filter." in text_of(dialog)
        await session.press("escape")
        await session.back()

    assert len(asked(world, "cancel")) == 2


async def test_quitting_says_once_that_a_delete_is_not_sent(tmp_path: Path) -> None:
    world = world_of(2)
    async with using(world, tmp_path, seconds=4) as session:
        await session.press("ctrl+d")
        await session.dialog()
        await session.press("Y")
        await session.back()
        await session.press("q")
        dialog = await session.dialog()
        assert dialog.question.title == "1 delete is not sent yet"
        await session.press("enter")
        await session.back()
        await session.job()

        await session.press("ctrl+d")
        await session.dialog()
        await session.press("Y")
        await session.back()
        await session.press("q")
        await session.dialog()
        await session.press("y")
        await wait_until(lambda: not session.app.is_running)

    assert deletes(world) == 1


async def test_whoever_quits_twice_leaves_and_sends_nothing(tmp_path: Path) -> None:
    world = world_of(2)
    async with using(world, tmp_path) as session:
        await session.press("ctrl+d")
        await session.dialog()
        await session.press("Y")
        await session.back()
        await session.press("q")
        await session.dialog()
        await session.press("ctrl+q")
        await wait_until(lambda: not session.app.is_running)

    assert deletes(world) == 0


async def test_a_verb_that_is_chosen_twice_asks_once(tmp_path: Path) -> None:
    world = world_of(2)
    async with using(world, tmp_path) as session:
        session.list.action_verb("delete")
        session.list.action_verb("delete")
        await session.dialog()
        await wait_until(lambda: sum(worker.is_running for worker in session.app.workers) == 1)
        await session.press("escape")
        await session.back()

    assert deletes(world) == 0


async def test_a_read_only_app_has_no_verb_that_writes(tmp_path: Path) -> None:
    world = world_of(2, running=1)
    async with using(world, tmp_path, read_only=True, seconds=0) as session:
        await session.press("ctrl+a", "ctrl+d", "c", "n", "R")
        assert session.app.screen is session.list
        await session.press("d")
        job = await session.job()

    assert (job.kind, job.state) == ("download", "done")
    assert {record.method for record in world.requests} == {"GET"}


KEYS = (
    *("ctrl+d", "enter", "escape", "space", "j", "k", "g", "G", "c", "d", "x", "X", "z", "r", "s"),
    *("v", "u", "i", "o", "w", "exclamation_mark", "asterisk", "ctrl+a", "pageup", "pagedown"),
)
"""All that one may hit by mistake; what confirms is left out: y, Y, a, and going to a button."""


@pytest.mark.parametrize("seed", range(3))
async def test_no_keys_delete_or_cancel_anything_without_a_confirmation(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # for the names of files that the keys may happen to type
    world = world_of(5, running=2)
    dice = random.Random(seed)
    refused = 0
    async with using(world, tmp_path / "home", seconds=0) as session:
        session.list.table.move_to(world.batch_ids[-3])  # one that can be deleted
        for key in dice.choices((*KEYS, *["ctrl+d", "enter"] * 6), k=50):
            refused += key == "enter" and isinstance(session.screen, ConfirmScreen)
            await session.press(key)
            await wait_until(session.is_waiting)
        assert refused
        assert {record.method for record in world.requests} <= {"GET"}
        assert len(session.app.undo.countdowns) == 0

        while session.screen is not session.list:
            await session.press("escape")
        await session.press("u")
        session.list.table.move_to(world.batch_ids[-1])
        await session.press("ctrl+d")
        await session.dialog()
        await session.press("y")
        await wait_until(lambda: deletes(world) == 1)
