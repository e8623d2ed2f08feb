"""Where the results of batches are on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import trio

from trio_batches import ResultsFolder, TrioBatchesError
from tui.engine.downloads import DownloadJob

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trio_batches import Download
    from tui.engine.engine import Engine

__all__ = ("LocalResults", "bring_results", "find_copies", "find_results")


LOOK_SECONDS = 0.02
"""Between two looks whether a download has begun its file."""


class LocalResults(NamedTuple):
    """A file with results of a batch."""

    path: Path
    complete: bool
    """Whether it is verified; a part that a download writes is not."""


async def find_copies(engine: Engine, batch_ids: Sequence[str]) -> dict[str, Path | None]:
    """Return for each batch a folder that holds a verified copy of its results now, or None.

    The home is looked at first, then wherever the ledger knows of a download.
    Every file is looked at: its size and time must be those of its receipt.

    Raises:
        StorageError: The ledger cannot be read.
    """
    ledger = await engine.ledger()
    one = batch_ids[0] if len(batch_ids) == 1 else None
    downloads = await ledger.downloads(one)
    return await trio.to_thread.run_sync(_look, engine.home.results, batch_ids, downloads)


async def find_results(engine: Engine, batch_id: str) -> LocalResults | None:
    """Return the verified file of a batch, or else the one that a download of this app writes.

    Raises:
        StorageError: The ledger cannot be read.
    """
    folder = (await find_copies(engine, [batch_id]))[batch_id]
    if folder is not None:
        receipt = await trio.to_thread.run_sync(ResultsFolder(folder).held, batch_id)
        if receipt is not None:
            return LocalResults(folder / receipt.file, complete=True)
    part = engine.jobs.part_of(batch_id)
    return None if part is None else LocalResults(part, complete=False)


async def bring_results(engine: Engine, batch_id: str) -> LocalResults | str:
    """Return a file with results of a batch, which is downloaded unless there is one.

    It does not wait for the download: the part grows while one reads it.

    Returns:
        The file, or a sentence that says why there is none.

    Raises:
        TrioBatchesError: The ledger or the home cannot be read.
    """
    found = await find_results(engine, batch_id)
    if found is not None:
        return found
    job = DownloadJob([batch_id])
    await engine.jobs.start(job)
    while job.ended_at is None:
        part = engine.jobs.part_of(batch_id)
        if part is not None:
            return LocalResults(part, complete=False)
        await trio.sleep(LOOK_SECONDS)
    return await find_results(engine, batch_id) or job.items[batch_id].sentence


def _look(
    home: Path, batch_ids: Iterable[str], downloads: Iterable[Download]
) -> dict[str, Path | None]:
    folders: dict[str, list[Path]] = {batch_id: [home] for batch_id in batch_ids}
    for download in downloads:
        if download.batch_id in folders:
            folders[download.batch_id].append(Path(download.dest))
    return {
        batch_id: next((folder for folder in found if _holds(folder, batch_id)), None)
        for batch_id, found in folders.items()
    }


def _holds(folder: Path, batch_id: str) -> bool:
    try:
        return ResultsFolder(folder).held(batch_id) is not None
    except TrioBatchesError:  # it cannot be read: so it is no copy
        return False
