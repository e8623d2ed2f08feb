"""Files that are completed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trio

from tests.trio_batches.store.samples import Sample
from trio_batches.errors import StorageError
from trio_batches.jobs import finishing
from trio_batches.jobs.finishing import Finishing, Whole
from trio_batches.jobs.progress import BatchDownload
from trio_batches.store import ResultsFolder, disk, results_folder
from trio_batches.store.manifest import MANIFEST
from trio_batches.store.part_file import PartFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILES = 5


def all_come(folder: ResultsFolder) -> list[Whole]:
    """Return files that have everything, and nothing of it on the disk."""
    folder.make()
    return [come(folder, Sample(seed=number)) for number in range(FILES)]


def come(folder: ResultsFolder, sample: Sample) -> Whole:
    claim = folder.claim(sample.id)
    part = folder.begin(sample.batch)
    for line in sample.lines:
        part.add(line)
    return Whole(sample.batch, BatchDownload(sample.id, state="running"), part, claim, begin)


def begin() -> None:
    """Take note that a file's turn has come."""


async def finish_all(folder: ResultsFolder, files: Sequence[Whole]) -> dict[str, StorageError]:
    """Finish files at once, and return which of them failed, and why."""
    together = Finishing(folder)
    failed: dict[str, StorageError] = {}

    async def finish(whole: Whole) -> None:
        try:
            await together.finish(whole)
        except StorageError as error:
            failed[whole.batch.id] = error

    async with trio.open_nursery() as nursery:
        for whole in files:
            nursery.start_soon(finish, whole)
    return failed


async def test_files_that_wait_share_the_sync_of_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []

    def sync_folder(path: Path) -> None:
        synced.append(path)
        disk.sync_folder(path)

    monkeypatch.setattr(results_folder, "sync_folder", sync_folder)
    folder = ResultsFolder(tmp_path)
    files = all_come(folder)

    assert await finish_all(folder, files) == {}

    assert synced == [tmp_path]
    for whole in files:
        assert whole.entry.state == "downloaded"
        assert folder.held(whole.batch.id, deep=True) == whole.entry.receipt
    assert len((tmp_path / MANIFEST).read_bytes().splitlines()) == FILES


async def test_one_that_fails_leaves_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ResultsFolder(tmp_path)
    files = all_come(folder)
    bad, publish = files[2].part, PartFile.publish

    def fail(part: PartFile) -> None:
        if part is bad:
            raise StorageError(str(part.path), "Input/output error")
        publish(part)

    monkeypatch.setattr(PartFile, "publish", fail)

    failed = await finish_all(folder, files)

    assert [*failed] == [files[2].batch.id]
    there = [folder.held(whole.batch.id) is not None for whole in files]
    assert there == [True, True, False, True, True]
    assert len((tmp_path / MANIFEST).read_bytes().splitlines()) == FILES - 1


@pytest.mark.parametrize(
    ("place", "step"), [(results_folder, "sync_folder"), (finishing, "append_manifest")]
)
async def test_what_fails_for_all_of_them_is_said_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: object, step: str
) -> None:
    def fail(path: Path, *_: object) -> None:
        raise StorageError(str(path), "Input/output error")

    folder = ResultsFolder(tmp_path)
    files = all_come(folder)
    monkeypatch.setattr(place, step, fail)

    failed = await finish_all(folder, files)

    assert failed.keys() == {whole.batch.id for whole in files}


async def test_what_is_whole_is_completed_even_if_it_is_cancelled(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path)
    files = all_come(folder)

    with trio.CancelScope() as scope:
        scope.cancel()
        await finish_all(folder, files)

    assert [whole.entry.state for whole in files] == ["downloaded"] * FILES
