"""Downloads whose process is killed, or whose disk is full or failing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.cli.shell import serve
from tests.trio_batches.jobs.download_child import STEPS
from tests.trio_batches.jobs.places import assert_nothing_is_half_done, assert_whole, names
from trio_batches.simulator import World

if TYPE_CHECKING:
    from collections.abc import Generator

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=6)
    for size in (700, 0, 40):
        world.add_ended_batch(size, errored=size // 4, result_bytes=2500)
    return world


@pytest.fixture(scope="module")
def base_url(world: World) -> Generator[str]:
    with serve(world) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "results"


def run(
    base_url: str, folder: Path, *options: str, prefix: tuple[str, ...] = (), **environment: str
) -> tuple[int, str]:
    """Download in a process of its own; return its exit status and what it printed."""
    module = "tests.trio_batches.jobs.download_child"
    done = subprocess.run(
        [*prefix, sys.executable, "-m", module, base_url, str(folder), *options],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout


def assert_the_next_run_ends_it(base_url: str, folder: Path, world: World) -> None:
    _, said = run(base_url, folder)

    assert "stopped by None" in said
    for batch_id in world.batch_ids:
        assert_whole(folder, world, batch_id)
    whole = {f"{batch_id}.{kind}" for batch_id in world.batch_ids for kind in KINDS}
    assert names(folder) == whole


KINDS = ("jsonl", "receipt.json")

CRASHES = [(step, when, nth) for step in STEPS for when in ("before", "after") for nth in (1, 2)]


@pytest.mark.parametrize(("step", "when", "nth"), CRASHES)
def test_a_download_that_is_killed_is_ended_by_the_next_run(  # noqa: PLR0913, PLR0917
    base_url: str, folder: Path, world: World, step: str, when: str, nth: int
) -> None:
    status, _ = run(base_url, folder, step, when, str(nth))

    assert status == -signal.SIGKILL
    if folder.exists():
        assert_nothing_is_half_done(folder, world)
    assert_the_next_run_ends_it(base_url, folder, world)


@pytest.mark.parametrize("most", [1, 1_000, 60_000, 500_000])
def test_files_that_cannot_grow_stop_all_and_lose_nothing(
    base_url: str, folder: Path, world: World, most: int
) -> None:
    _, said = run(base_url, folder, FILE_BYTES=str(most))

    assert "stopped by " in said
    assert "File too large: free some space" in said
    assert_nothing_is_half_done(folder, world)
    assert_the_next_run_ends_it(base_url, folder, world)


def _can(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not _can("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"),
    reason="no file system can be mounted here",
)
@pytest.mark.parametrize("size", ["64k", "256k", "1m"])
def test_a_disk_that_is_full_stops_all_and_loses_nothing(
    base_url: str, folder: Path, world: World, tmp_path: Path, size: str
) -> None:
    folder.mkdir()
    mount = f'mount -t tmpfs -o size={size} none {folder} && exec "$@"'
    prefix = ("unshare", "-m", "sh", "-c", mount, "sh")

    _, said = run(base_url, folder, prefix=prefix, COPY_TO=str(tmp_path / "copy"))

    assert "No space left on device: free some space" in said
    assert " None bytes needed" not in said
    assert_nothing_is_half_done(tmp_path / "copy", world)
    assert_the_next_run_ends_it(base_url, tmp_path / "copy", world)


@pytest.mark.skipif(
    not _can("strace", "-o", "/dev/null", "true"), reason="strace is not there, or not permitted"
)
@pytest.mark.parametrize("nth", range(1, 3))
def test_syncs_that_fail_leave_nothing_that_is_not_whole(
    base_url: str, folder: Path, world: World, tmp_path: Path, nth: int
) -> None:
    folder.mkdir()
    fault = f"inject=fsync:error=EIO:when={nth}+"
    options = ("-f", "--seccomp-bpf", "-o", str(tmp_path / "calls"), "-e", "trace=fsync")

    prefix = ("strace", *options, "-e", fault)
    _, said = run(base_url, folder, prefix=prefix, FILE_BYTES=str(1 << 30))

    assert "Input/output error" in said
    assert_nothing_is_half_done(folder, world)
    assert_the_next_run_ends_it(base_url, folder, world)
