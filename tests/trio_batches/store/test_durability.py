"""What the kernel is asked for, in which order, and what becomes of a refusal."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trio_batches.store.samples import Sample, listing, parts, store
from trio_batches.store import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

STRACE = shutil.which("strace")
PROGRAM = """
import sys
from pathlib import Path
import trio
from tests.trio_batches.store.samples import Sample, store
from trio_batches.errors import StorageError
from trio_batches.store import ResultsFolder
try:
    folder, sample = Path(sys.argv[1]), Sample()
    ResultsFolder(folder).find(sample.batch) or trio.run(store, folder, sample)
except StorageError as error:
    sys.exit(str(error))
"""


def _can_trace() -> bool:
    if STRACE is None:
        return False
    probe = subprocess.run([STRACE, "-o", "/dev/null", "true"], capture_output=True, check=False)
    return probe.returncode == 0


pytestmark = pytest.mark.skipif(not _can_trace(), reason="strace is not there, or not permitted")


def run_traced(folder: Path, *options: str) -> tuple[int, str, list[str]]:
    """Store a sample under strace; return exit status, what was said, and the calls."""
    assert STRACE is not None
    log = folder.with_name("calls")
    calls = "trace=/^(open|openat|writev?|fsync|fdatasync|rename|renameat|renameat2)$"
    command = [STRACE, "-f", "-y", "--seccomp-bpf", "-o", str(log), "-e", calls, *options]
    command += [sys.executable, "-c", PROGRAM, str(folder)]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, log.read_text().splitlines()


def name_steps(calls: list[str], folder: Path, sample: Sample) -> Iterator[str]:
    """Name the calls that are about the folder; the same one several times is one step."""
    file = re.escape(f"{folder}/{sample.id}.jsonl")
    receipt = re.escape(f"{folder}/{sample.id}.receipt.json")
    own = r"\.[0-9a-f]{8}\.part"
    patterns = {
        rf'openat\(.*"{file}{own}".*O_CREAT.*O_EXCL.*0600': "create part",
        rf"writev?\(\d+<{file}{own}>": "write part",
        rf"fsync\(\d+<{file}{own}>": "sync part",
        rf"fsync\(\d+<{file}>\) += 0": "sync file",
        rf'rename\("{file}{own}", "{file}"\) += 0': "name file",
        rf"fsync\(\d+<{re.escape(str(folder))}>\) += 0": "sync folder",
        rf"writev?\(\d+<{receipt}{own}>": "write receipt",
        rf'rename\("{receipt}{own}", "{receipt}"\) += 0': "name receipt",
    }
    last = ""
    for call in calls:
        for pattern, step in patterns.items():
            if re.search(pattern, call) and step != last:
                yield step
                last = step


def test_every_step_reaches_the_disk_before_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()

    status, said, calls = run_traced(folder)

    assert (status, said) == (0, "")
    assert list(name_steps(calls, folder, Sample())) == [
        "create part",
        "write part",
        "sync part",
        "name file",
        "sync folder",
        "write receipt",
        "name receipt",
    ]


def test_a_file_without_a_receipt_reaches_the_disk_before_it_gets_one(tmp_path: Path) -> None:
    folder, sample = tmp_path / "results", Sample()
    ResultsFolder(folder).make()
    sample.file(folder).write_bytes(sample.content)  # not synced, for all we know

    status, said, calls = run_traced(folder)

    assert (status, said) == (0, "")
    assert list(name_steps(calls, folder, sample)) == [
        "sync file",
        "sync folder",
        "write receipt",
        "name receipt",
    ]


@pytest.mark.parametrize(
    ("nth", "left"),
    [
        pytest.param(1, set[str](), id="part"),
        pytest.param(2, {"jsonl"}, id="folder with file"),
    ],
)
async def test_a_sync_that_fails_never_leaves_a_file_that_is_not_whole(
    tmp_path: Path, nth: int, left: set[str]
) -> None:
    folder, sample = tmp_path / "results", Sample()
    ResultsFolder(folder).make()

    status, said, _ = run_traced(folder, "-e", f"inject=fsync:error=EIO:when={nth}")

    assert status == 1
    assert said.endswith("Input/output error\n")
    assert {path.name.rpartition(".")[2] for path in listing(folder)} == left
    if "jsonl" in left:
        assert sample.file(folder).read_bytes() == sample.content
    receipt = await store(folder, sample)
    assert receipt.bytes == len(sample.content)
    assert parts(folder) == []
