"""Download everything that has ended, and maybe end like a killed process at a named step.

python -m tests.trio_batches.jobs.download_child BASE_URL FOLDER [STEP WHEN NTH]

Prints what became of the batches. With `COPY_TO` in the environment, the folder is
copied there in the end; with `FILE_BYTES`, no file can be larger than that, and there
is no ledger.
"""

from __future__ import annotations

import functools
import itertools
import os
import resource
import shutil
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import trio

from trio_batches.client import Client
from trio_batches.jobs import download, finishing
from trio_batches.store import Home, ResultsFolder, open_ledger, results_folder
from trio_batches.store.part_file import PartFile

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

STEPS: dict[str, tuple[object, str]] = {
    "claim": (ResultsFolder, "claim"),
    "begin": (ResultsFolder, "begin"),
    "write": (PartFile, "flush"),
    "publish": (PartFile, "publish"),
    "names": (results_folder, "sync_folder"),
    "receipt": (results_folder, "save_receipt"),
    "manifest": (finishing, "append_manifest"),
}
"""What is called at each step, in the order of the steps."""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_around(call: Callable[P, T], when: str, nth: int) -> Callable[P, T]:
    """Let this process die before or after the n-th call of something."""
    calls = itertools.count(1)  # threads share it

    @functools.wraps(call)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        due = next(calls) == nth
        if due and when == "before":
            _die()
        result = call(*args, **kwargs)
        if due:
            _die()
        return result

    return wrapper


async def _main(base_url: str, folder: Path) -> None:
    home = Home(folder.parent / "home")
    async with Client(base_url=base_url, api_key="sk-fake") as client, AsyncExitStack() as stack:
        limited = "FILE_BYTES" in os.environ
        ledger = None if limited else await stack.enter_async_context(open_ledger(home))
        async with client.messages.batches.list() as listed:
            batches = [batch async for batch in listed]
        progress = await download(client, batches, folder, ledger=ledger, concurrency=2)
    for entry in progress.batches.values():
        sys.stdout.write(f"{entry.batch_id} {entry.state} {entry.error}\n")
    sys.stdout.write(f"stopped by {progress.stopped_by}, {progress.bytes_needed()} bytes needed\n")


if __name__ == "__main__":
    target = Path(sys.argv[2])
    if sys.argv[3:]:
        place, name = STEPS[sys.argv[3]]
        around = _kill_around(getattr(place, name), sys.argv[4], int(sys.argv[5]))
        setattr(place, name, around)
    if most := int(os.environ.get("FILE_BYTES", "0")):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    trio.run(_main, sys.argv[1], target)
    if copy_to := os.environ.get("COPY_TO"):
        shutil.copytree(target, copy_to)
