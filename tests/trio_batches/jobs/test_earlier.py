"""What was submitted before is known again, whatever has happened to the home meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.jobs.submissions import Desk, creates, ids_in, lines, requests
from trio_batches.errors import AlreadySubmittedError
from trio_batches.simulator import Answer, Fault, Scenario, World
from trio_batches.store import Home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.trio_batches.transport.peers import Network

REFUSED = Fault(operation="create", answer=Answer(status=400))
NOT_NOW = Fault(operation="create", answer=Answer(status=401))


def move(old: Path, new: Path) -> None:
    old.rename(new)


def link(old: Path, new: Path) -> None:
    new.symlink_to(old)


@pytest.mark.parametrize("change", [move, link])
async def test_what_is_open_is_found_in_a_home_that_has_another_path_now(
    network: Network, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    world = network.serve(NOT_NOW)
    old, new = Desk(network, tmp_path / "old"), Desk(network, tmp_path / "new")
    assert not (await old.submit(requests(2), label="mine")).complete
    new.home.path.parent.mkdir()
    change(old.home.path, new.home.path)

    await new.submit(requests(3, "x"))
    assert new.files() == ["incoming/0000.jsonl", f"{world.batch_ids[0]}.jsonl"]
    resumed = await new.resume()

    assert resumed.complete
    assert ids_in(world) == {"x0": 1, "x1": 1, "x2": 1, "r0": 1, "r1": 1}
    assert new.kept(resumed.batch_ids) == [lines(requests(2))]


async def test_what_is_open_is_kept_when_the_ledger_is_lost(
    network: Network, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    network.serve(NOT_NOW)
    assert not (await desk.submit(requests(2))).complete
    (folder,) = desk.home.requests.glob("incoming-*")
    for path in desk.home.path.glob("ledger.db*"):
        path.unlink()

    (other,) = (await desk.submit(requests(3, "x"))).batch_ids

    kept = f"{folder.name}-0000.jsonl"
    assert desk.files() == sorted([f"abandoned/{kept}", f"{other}.jsonl"])
    assert (desk.home.requests / "abandoned" / kept).read_bytes() == lines(requests(2))
    assert f"it is {desk.home.requests / 'abandoned' / kept} now" in caplog.text
    assert not folder.exists()


async def test_a_relative_home_is_the_same_from_another_folder(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network.serve(NOT_NOW)
    desk = Desk(network, tmp_path)
    (tmp_path / "deep").mkdir()
    desk.home = Home(tmp_path / "deep" / ".." / "home")
    assert not (await desk.submit(requests(2))).complete
    monkeypatch.chdir(tmp_path)
    desk.home = Home(tmp_path.relative_to(tmp_path) / "home")

    await desk.submit(requests(3, "x"))
    assert (await desk.resume()).complete

    assert len(ids_in(world)) == 5


async def test_what_was_refused_is_not_sent_once_more_when_it_was_submitted_since(
    network: Network, desk: Desk
) -> None:
    world = network.serve(REFUSED)
    assert not (await desk.submit(requests(2))).complete
    (batch_id,) = (await desk.submit(requests(2), again=True)).batch_ids

    with pytest.raises(AlreadySubmittedError, match=batch_id):
        await desk.submit(requests(2))

    assert creates(world) == 2


async def test_a_batch_is_not_paid_for_twice_since_a_line_was_appended_to_its_file(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trio_batches.store.spool.MAX_REQUESTS", 5)
    world = network.serve()
    (batch_id,) = (await desk.submit(requests(5))).batch_ids

    with pytest.raises(AlreadySubmittedError, match=batch_id):
        await desk.submit(requests(6))
    assert creates(world) == 1

    assert (await desk.submit(requests(6), again=True)).complete
    assert creates(world) == 3


async def test_a_batch_is_known_among_chunks_of_one_size(
    network: Network, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network.serve()
    (batch_id,) = (await desk.submit(requests(2))).batch_ids
    monkeypatch.setattr("trio_batches.store.spool.TAIL", 1)
    monkeypatch.setattr("trio_batches.store.spool.MAX_REQUESTS", 2)

    with pytest.raises(AlreadySubmittedError, match=batch_id):
        await desk.submit([*requests(2), *requests(2, "s")])
    assert creates(world) == 1


async def test_a_label_that_is_named_later_is_that_of_what_is_not_made_yet(
    network: Network, desk: Desk
) -> None:
    network.serve(REFUSED)
    assert not (await desk.submit(requests(2))).complete

    done = await desk.submit(requests(2), label="night")

    async with desk.open() as (_, ledger):
        labels = await ledger.labels(done.batch_ids)
    assert [label.label for label in labels.values()] == ["night"]


async def test_kept_requests_that_lead_nowhere_are_in_nobodys_way(
    network: Network, desk: Desk
) -> None:
    network.serve(world=World(scenario=Scenario()))
    desk.home.requests.mkdir(parents=True)
    (desk.home.requests / "msgbatch_1.jsonl").symlink_to("nowhere")

    assert (await desk.submit(requests(2))).complete
